// Package fee is 收费: what an applicant has to pay for a case, how it is paid,
// reduced, given back, and how a day's money is held against the provider's
// list.
//
// It owns the tables fee_bill, fee_payment, fee_reduction, fee_refund, fee_till,
// fee_matched and fee_difference. Money is fen in int64. The room never decides
// whether a fee is charged: the guide does, and casework asks for the bill; it
// never calls a provider inside a transaction; it never writes a document by
// itself: whoever keeps the case does (Papers).
//
//	casework ─ BillTx ─► bill due ──Begin──► payment begun ─ job ─► provider: order
//	                      │  ▲                    │ ◄─ signed callback, or query ─┘
//	                      │  └── nothing paid ────┤ failed, closed
//	                      │◄──────── paid ────────┘
//	                      ├─Take (window, till)─► paid
//	                      ├─reduction decided──► less, or waived
//	                      └─case ends─► void      paid too much ─► refund asked ─► decided ─► provider ─► done
//
// A bill is paid once. Whatever arrives beyond that, a second provider, a late
// answer, a wrong amount, is kept as what it is and becomes the proposal of a
// refund that a person decides. Telling the same thing twice changes nothing.
//
// bill.go, rules.go and compare.go are rules: no context, SQL or clock in them.
package fee
