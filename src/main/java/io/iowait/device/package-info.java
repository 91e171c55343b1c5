/// Hardware models and their drivers, side by side.
@NullMarked
package io.iowait.device;

import org.jspecify.annotations.NullMarked;
