// Package hook is how the platform and an outside system that works for it, a
// payment provider or a courier, write to each other: JSON over HTTP, each
// letter with its time, a number used once, and a signature over all of it.
//
//	service ─ job after commit ─► Caller.Call ─ signed ─► provider
//	provider ─ signed ─► POST /hooks/… ─► Key.Verify ─► service, one act: Fresh + what it says
//
// It owns the table hook_nonce. A letter that is too old or too new, that was
// changed, or that is signed with another key is refused before anybody reads
// it; one that came before is known by its number and has no second effect. A
// provider that tells something a day late signs a new letter.
//
// It never knows what a letter says, and never keeps one.
package hook
