// Package portal is the public portal 门户: finding and understanding items,
// logging in, applying, following one's cases, licences, messages, mandates,
// ratings, and the public pages of progress and verification.
//
//	home ─► items ─► guide ─► login ─► apply (package apply) ─► case page
//	                                                             ├─► documents
//	                                                             ├─► correction (apply)
//	                                                             ├─► licence ─► verify
//	                                                             └─► rate
//
// It reads the session, calls one service and shows what it says; it decides
// nothing. Who may see or do what is identity.Decide's, asked by the services.
package portal
