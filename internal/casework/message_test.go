package casework

import (
	"strings"
	"testing"

	"github.com/tongban/tongban/internal/notify"
)

// TestMessageTitles: the texts and the kinds of messages speak of acts that
// there are, and that the applicant is told of.
func TestMessageTitles(t *testing.T) {
	titles := MessageTitles()
	for _, kind := range append(notify.ShippedKinds(), notify.KindKeys()...) {
		if strings.HasPrefix(kind, "case.") && titles[kind] == "" {
			t.Errorf("nobody is told %s", kind)
		}
	}
	if err := notify.CheckTexts(titles, "", "政务服务"); err != nil {
		t.Error(err)
	}
}
