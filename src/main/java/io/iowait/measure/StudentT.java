package io.iowait.measure;

/// Student's t distribution: how far a mean of few values may lie from the truth.
///
/// Source: the incomplete beta function by its continued fraction (Lentz), Press et al., Numerical
/// Recipes, 6.4; its inverse by bisection, since this is cold. Good to nine digits.
public final class StudentT {
    private static final int TERMS_MAX = 300;
    private static final int HALVINGS = 200;
    private static final double TINY = 1e-300;
    private static final double EPSILON = 1e-15;
    private static final double[] LANCZOS = {
        76.18009172947146,
        -86.50532032941677,
        24.01409824083091,
        -1.231739572450155,
        0.1208650973866179e-2,
        -0.5395239384953e-5
    };

    private StudentT() {}

    /// The factor of a two-sided interval: a share `confidence` of the distribution lies within
    /// plus or minus this.
    ///
    /// @param confidence in (0, 1), such as 0.95
    /// @param degrees of freedom, at least 1
    public static double factor(double confidence, int degrees) {
        if (confidence <= 0 || confidence >= 1 || degrees < 1) {
            throw new IllegalArgumentException(
                    "confidence must be in (0, 1) and degrees positive: confidence=%s degrees=%d"
                            .formatted(confidence, degrees));
        }
        double low = 0;
        double high = 1;
        while (inside(high, degrees) < confidence) {
            high *= 2;
        }
        for (int i = 0; i < HALVINGS && high - low > 1e-13 * high; i++) {
            double mid = (low + high) / 2;
            if (inside(mid, degrees) < confidence) {
                low = mid;
            } else {
                high = mid;
            }
        }
        return (low + high) / 2;
    }

    /// Share of the distribution within plus or minus t.
    static double inside(double t, int degrees) {
        return 1 - incompleteBeta(degrees / 2.0, 0.5, degrees / (degrees + t * t));
    }

    /// The regularised incomplete beta function.
    private static double incompleteBeta(double a, double b, double x) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front =
                Math.exp(
                        logGamma(a + b)
                                - logGamma(a)
                                - logGamma(b)
                                + a * Math.log(x)
                                + b * Math.log1p(-x));
        return x < (a + 1) / (a + b + 2)
                ? front * fraction(a, b, x) / a
                : 1 - front * fraction(b, a, 1 - x) / b;
    }

    private static double fraction(double a, double b, double x) {
        double c = 1;
        double d = 1 / nonZero(1 - (a + b) * x / (a + 1));
        double h = d;
        for (int m = 1; m <= TERMS_MAX; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / nonZero(1 + even * d);
            c = nonZero(1 + even / c);
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / nonZero(1 + odd * d);
            c = nonZero(1 + odd / c);
            double step = d * c;
            h *= step;
            if (Math.abs(step - 1) < EPSILON) {
                break;
            }
        }
        return h;
    }

    private static double nonZero(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    private static double logGamma(double x) {
        double sum = 1.000000000190015;
        for (int i = 0; i < LANCZOS.length; i++) {
            sum += LANCZOS[i] / (x + i + 1);
        }
        double base = x + 5.5;
        return (x + 0.5) * Math.log(base) - base + Math.log(2.5066282746310005 * sum / x);
    }
}
