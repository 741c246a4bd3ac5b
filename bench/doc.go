// Command bench measures what the platform promises about speed, as ratios
// taken in one run on one machine.
//
//	make bench                          everything, about ten minutes
//	make bench ARGS='-only submit'      one part: submit, life, million, sweep, mixed, search, guide, publish, import, archive, start
//
//	probe (fsync, CPU) ─► run ─► rival or quiet twin ─► … five rounds, interleaved
//	                                                    └─► best of five, ratio, verdict
//
// Each part uses databases of its own, made from the sample city, on SQLite and
// on the PostgreSQL that test/env started with fsync on, and drops them. Load
// comes from this process alone, over loopback or in memory, with a fixed
// number of clients and for a fixed time.
//
// It never writes into a database that it did not make, and exits with 1 when
// a promise is not kept.
package main
