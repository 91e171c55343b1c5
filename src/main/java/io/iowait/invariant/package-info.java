/// The laws, one small checker each, over any trace: emulated, recorded or imported.
///
/// A [LawBook] walks blocks of records once. Each law sees a record before and after one shared
/// projection, the [World], takes it in; a [Report] says for each law whether it held, was broken,
/// has a finding, was never put to the test, or was not asked and why.
@NullMarked
package io.iowait.invariant;

import org.jspecify.annotations.NullMarked;
