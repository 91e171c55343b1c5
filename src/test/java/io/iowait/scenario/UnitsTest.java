package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "5ms, 5000000",
        "50us, 50000",
        "50µs, 50000",
        "2s, 2000000000",
        "100ns, 100",
        "1.5ms, 1500000",
        "0.000000001s, 1",
        "1_000us, 1000000",
        "3 ms, 3000000",
        "2min, 120000000000",
        "0, 0",
        "10000000s, 10000000000000000"
    })
    void readsTimes(String text, long ns) {
        assertThat(Units.timeNs("t", text)).isEqualTo(ns);
    }

    @ParameterizedTest
    @CsvSource({"64KiB, 65536", "1.5MiB, 1572864", "7B, 7", "0, 0", "2GiB, 2147483648"})
    void readsSizes(String text, long bytes) {
        assertThat(Units.bytes("s", text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ms",
                "5",
                "-5ms",
                "5 m s",
                "1e3ms",
                "0.5ns",
                "5MS",
                "5kb",
                "--5ms",
                "5ms6us",
                "10000001s",
                "_1ms",
                "NaNs"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> Units.timeNs("t", text))
                .isInstanceOf(ScenarioException.class)
                .hasMessageStartingWith("t: found '" + text + "', expected ");
    }

    @Test
    void writesTheShortestExactForm() {
        assertThat(Units.time(0)).isEqualTo("0ns");
        assertThat(Units.time(1_500_000)).isEqualTo("1500us");
        assertThat(Units.time(60_000_000_000L)).isEqualTo("60s");
        assertThat(Units.size(65_536)).isEqualTo("64KiB");
        assertThat(Units.size(65_537)).isEqualTo("65537B");
    }

    @Property(seed = "1")
    void whatIsWrittenIsReadBack(@ForAll @LongRange(min = 0) long value) {
        long time = value % 10_000_000_000_000_000L; // longer ones are refused
        assertThat(Units.timeNs("t", Units.time(time))).isEqualTo(time);
        assertThat(Units.bytes("s", Units.size(value))).isEqualTo(value);
        assertThat(Units.count("n", Long.toString(value))).isEqualTo(value);
    }
}
