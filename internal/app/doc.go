// Package app wires the rooms together and runs them: it is the only one that
// knows every room, reads the configuration, the machine's clock and the disk.
//
//	cmd ─► Config ─► Open: keys, database, rooms ─► Serve: pages, API, jobs, audit sealer
//	                      └► Import: a folder of YAML, also the sample city
//	                      └► Demo: a new data folder, the sample city and its past cases
//
// It holds no rule of the field.
package app
