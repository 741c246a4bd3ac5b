package caseview

import (
	"bytes"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/web"
)

// ProofAddress is where the proof of a case's n-th limit is handed out.
type ProofAddress func(n int) string

// ProofBelow gives the addresses of proofs below the page of a case, with the
// query that the page itself needs.
func ProofBelow(page string, query url.Values) ProofAddress {
	return func(n int) string {
		at := page + "/clocks/" + strconv.Itoa(n)
		if len(query) > 0 {
			at += "?" + query.Encode()
		}
		return at
	}
}

// ProofNumber is the {n} of a proof's address.
func ProofNumber(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return 0, web.ErrNoPage()
	}
	return n, nil
}

// ProofName is what a proof is called on the reader's machine.
func ProofName(p clock.Proof, n int) string {
	return p.Case + "-clock-" + strconv.Itoa(n) + ".json"
}

// SendProof answers with a proof as a file.
func SendProof(w http.ResponseWriter, r *http.Request, p clock.Proof, n int) error {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": ProofName(p, n)}))
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.JSON()))
	return nil
}
