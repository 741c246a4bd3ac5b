// Package rating is 好差评: one invitation for one service, one rating for one
// invitation, five levels, and the figures that come out of it.
//
// It owns the tables rating_invitation and rating. It never counts a service
// that nobody rated as a good one, never shows who rated, and never changes a
// rating.
//
//	casework closes a case ─InviteTx─► invitation (until when, for whom)
//	applicant, logged in or with the code ─Rate─► rating, once
//	           (printed on the document that ends the case, and on its public
//	           progress page)
//	anyone ─Published, Stats─► figures and words, rater masked
package rating
