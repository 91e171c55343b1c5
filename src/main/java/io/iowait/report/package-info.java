/// Answers for eyes: tables, timelines and their explanation, as text or SVG.
@NullMarked
package io.iowait.report;

import org.jspecify.annotations.NullMarked;
