// Package channel is 渠道: service centres and stations with their windows, and
// appointments at them.
//
// It owns the tables service_window and appointment. A centre is a unit of
// identity (kind centre or station). It never opens a case, never knows what an
// item asks for (an item is an id and a name here), and never lets more people
// into a slot than there are seats.
//
//	windows.yaml ──ImportWindows──► windows ──Centres, Windows──► anyone
//	calendar + rule + taken seats ──Slots──► what can be booked
//	applicant ──Book──► a seat, kept by a unique index ──Cancel──► free again
//	clerk ──Today──► who comes when
package channel
