/// Questions in files and by name: scenarios, cases, workloads → machine + program.
@NullMarked
package io.iowait.scenario;

import org.jspecify.annotations.NullMarked;
