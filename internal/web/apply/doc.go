// Package apply is the application wizard 网上申报: the pages between “在线办理”
// and the receipt. The portal shows it to applicants, the desk to clerks who
// take an application at the window; both see the same questions.
//
//	privacy ─► form/{step} … ─► materials ─► delivery ─► check ─► submit ─► case
//	   told and agreed   saved at every step, also when wrong     all problems listed
//
// A correction is the same wizard over the same pages, open only where the
// notice asks for something.
//
// It never judges an answer (form does) and never keeps one (casework's draft
// does): what was typed is saved first and criticised afterwards, so that
// nothing is lost.
package apply
