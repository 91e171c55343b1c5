/// Ways to execute the same program.
@NullMarked
package io.iowait.runtime;

import org.jspecify.annotations.NullMarked;
