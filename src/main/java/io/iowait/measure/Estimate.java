package io.iowait.measure;

/// A mean of independent values, and how sure it is.
///
/// @param n number of values
/// @param sd their standard deviation; 0 for a single one
public record Estimate(int n, double mean, double sd) {
    /// Of at least one value.
    public static Estimate of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("an estimate needs a value: values=[]");
        }
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        double sd = values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1));
        return new Estimate(values.length, mean, sd);
    }

    /// A ratio of sums, from batches that each give a part of both: mean response time from sums of
    /// times and numbers of jobs.
    ///
    /// The spread is that of the residuals `numerator - ratio * denominator` (the classical ratio
    /// estimator), so that batches of different size count as they should.
    public static Estimate ofRatio(double[] numerators, double[] denominators) {
        int n = numerators.length;
        double above = 0;
        double below = 0;
        for (int i = 0; i < n; i++) {
            above += numerators[i];
            below += denominators[i];
        }
        if (n == 0 || below == 0) {
            throw new IllegalArgumentException("a ratio needs a denominator: batches=" + n);
        }
        double ratio = above / below;
        double[] residuals = new double[n];
        for (int i = 0; i < n; i++) {
            residuals[i] = (numerators[i] - ratio * denominators[i]) * n / below;
        }
        return new Estimate(n, ratio, of(residuals).sd());
    }

    /// Half the width of the confidence interval by Student's t; infinite for a single value.
    public double halfWidth(double confidence) {
        return n < 2
                ? Double.POSITIVE_INFINITY
                : StudentT.factor(confidence, n - 1) * sd / Math.sqrt(n);
    }

    /// Whether the truth may be 0: it lies in the confidence interval.
    public boolean mayBe(double truth, double confidence) {
        return Math.abs(mean - truth) <= halfWidth(confidence);
    }
}
