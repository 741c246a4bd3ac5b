// Package files keeps uploaded and produced files (材料、文书、照片): sealed,
// stored once per content, proven to be what their name says, and durable
// before anyone is told that they are stored.
//
//	upload ──► spool (sealed, unlinked) ──► size · type · archive · image checks
//	                                             │ refused: nothing remains
//	                                             ▼
//	   row "pending" ──► bucket (folder or S3), synced ──► row "ready" ──► Ref
//	                                                           │
//	        act ── Attach(tx) ──► refs+1      Detach(tx) ──► refs-1
//	                                                           │
//	                     Sweep: loose for 24 h ──► row "going" ──► object and row gone
//
// An object's name is a keyed hash of its content and a number, so a listing
// of the bucket tells nothing. The same content is stored once.
//
// It never unpacks an archive to disk, never writes plain content anywhere,
// never stores a file's original name (personal data, sealed by whoever asked
// for the file), and never decides who may read a file: a file id is no right.
// Ticket and Redeem bind an upload to the one who made it until it is attached.
package files
