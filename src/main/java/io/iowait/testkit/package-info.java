/// Properties for authors of schedulers and programs.
@NullMarked
package io.iowait.testkit;

import org.jspecify.annotations.NullMarked;
