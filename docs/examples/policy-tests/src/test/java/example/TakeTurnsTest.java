package example;

import io.iowait.testkit.RunAssert;
import org.junit.jupiter.api.Test;

class TakeTurnsTest {
    /// Jobs A, B and C compute for 10, 4 and 7 ms.
    @Test
    void everybodyHasATurnOfTwoMilliseconds() {
        RunAssert.run("round-robin", "policy=example.TakeTurns", "slice=2ms")
                .keepsTheLaws()
                .takesTurns("A", "B", "C", "A", "B", "C", "A")
                .waitsAtMost("C", "4ms")
                .endsAt("21ms");
    }
}
