// Package channel is 渠道: service centres and stations with their windows, and
// appointments at them; branches 分中心, and which lists have entered which centre 进驻.
//
// It owns the tables service_window, appointment, centre_branch and placement. A centre is a unit of
// identity (kind centre or station). It never opens a case, never knows what an
// item asks for (an item is its list's names and units here), and never lets more people
// into a slot than there are seats.
//
//	windows.yaml ──ImportWindows──► windows ──Centres, Windows──► anyone
//	steward ──SetBranch, Place, Leave──► registers that only grow ──► Places, a snapshot
//	Places + catalogue ──Receptions, ItemsAt──► guide and centre pages
//	Places + 第二十条 ──Report, Lists──► what is missing, how far lists have entered
//	calendar + rule + taken seats ──Slots──► what can be booked
//	applicant ──Book──► a seat, kept by a unique index ──Cancel──► free again
//	clerk ──Today──► who comes when
package channel
