// Package journey goes through the platform as people do: Chromium, clicks and
// typed words, against the real program with the sample city, on both engines.
//
//	go build ──► tongban demo (SQLite, PostgreSQL) ◄── Chromium, one profile a person
//	                    │                                   │
//	      database, files, logs                every page looked at: status, words,
//	                    │                      console, width, axe-core, screenshot
//	                    ▼
//	   no sample number in clear, audit log proven
//
// No step is prepared by SQL or by the API. Only a staff member's second factor
// comes from the command line, which stands for the device in their pocket.
//
// Each kind of page, with each status, is held against axe-core where it stands,
// as wide as a desktop and as a phone and in large type; every address of a page
// has to be among them. What does not depend on the engine is looked at once:
// people with scripts go through SQLite, people without through PostgreSQL.
//
// It waits for what a page shows, never for a length of time. With
// TONGBAN_SHOTS=FOLDER every page visited is kept there as a picture.
package journey
