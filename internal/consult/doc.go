// Package consult is what people ask and what they could not get done: 咨询
// with an answer clock (第十九条、第二十条第二款 综合咨询窗口), and the records of
// the “办不成事” window.
//
//	person, or clerk for whoever stands at the window ─Ask─► inquiry, on the guide in force, with a day
//	    question: unit in charge (in general: the centre) ─Answer, AskBack, PassOn, NotOurs─► message
//	    failure:  unit in charge, centre that received it ─Note, PassOn─► message
//	              closed by ─CloseByChange─► a later version of the guide, or by
//	              ─ProposeRefusal─► ─Refuse, by another person─► a reason with its legal basis
//	the hour ─Tick─► what passed its day sounds: red in the list, counted, the person told
//
// It owns the tables inquiry, inquiry_entry and inquiry_proposal. What people
// wrote and how they are reached is sealed at rest. It knows cases by their
// number alone, through Cases, and changes none; nothing that was asked becomes
// public by itself: an answer may be proposed for the guide, and the item
// steward decides.
package consult
