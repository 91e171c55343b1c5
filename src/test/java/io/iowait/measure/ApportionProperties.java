package io.iowait.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

class ApportionProperties {
    @Property(seed = "1")
    void roundedPartsAddUpToTheRoundedSum(
            @ForAll @Size(min = 1, max = 12)
                    List<@DoubleRange(min = -1e6, max = 1e6) Double> parts) {
        double[] values = parts.stream().mapToDouble(Double::doubleValue).toArray();

        long[] units = Apportion.units(values);

        assertThat(Arrays.stream(units).sum()).isEqualTo(Math.round(sumInOrder(values)));
        for (int i = 0; i < values.length; i++) {
            assertThat(Math.abs(units[i] - values[i])).isLessThanOrEqualTo(1);
        }
    }

    @Property(seed = "1")
    void percentagesAddUpToAHundred(
            @ForAll @Size(min = 1, max = 12)
                    List<@DoubleRange(min = 0.01, max = 1e9) Double> parts) {
        double[] values = parts.stream().mapToDouble(Double::doubleValue).toArray();

        assertThat(Arrays.stream(Apportion.permille(values)).sum()).isEqualTo(1000);
    }

    @Example
    void theLargestRestsAreRoundedUp() {
        assertThat(Apportion.units(1.4, 1.35, 1.25)).containsExactly(2, 1, 1);
        assertThat(Apportion.permille(1, 1, 1)).containsExactly(334, 333, 333);
        assertThat(Apportion.permille(0, 0)).containsExactly(0, 0);
        assertThat(Apportion.units()).isEmpty();
    }

    private static double sumInOrder(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
