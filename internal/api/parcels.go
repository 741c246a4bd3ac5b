package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tongban/tongban/internal/casework"
)

// ParcelIn is what an act on a result that is handed over on paper brings.
type ParcelIn struct {
	Cabinet     string `json:"cabinet,omitempty" maxLength:"40" doc:"put-in-cabinet: one of parcel.spaces."`
	Compartment int    `json:"compartment,omitempty" minimum:"1" maximum:"1000" doc:"put-in-cabinet: a free one."`
	SignedBy    string `json:"signedBy,omitempty" maxLength:"50" doc:"post-signed: who signed, as the receipt says."`
	On          string `json:"on,omitempty" format:"date" doc:"post-signed, post-back: the day; left out: today."`
}

// CaseParcel 结果领取、寄递 is where a result on paper is.
type CaseParcel struct {
	State       Word          `json:"state"`
	Code        string        `json:"code,omitempty" doc:"取件码: for its owner alone."`
	Shown       bool          `json:"shown,omitempty" doc:"The code was shown to the caller a moment ago: POST /parcels/find."`
	Cabinet     string        `json:"cabinet,omitempty"`
	Compartment int           `json:"compartment,omitempty"`
	Where       string        `json:"where,omitempty" doc:"Name and place of the cabinet."`
	Until       *time.Time    `json:"until,omitempty" doc:"Until when the cabinet keeps it."`
	Order       string        `json:"order,omitempty" doc:"寄递单号: our number with the courier."`
	Waybill     string        `json:"waybill,omitempty"`
	SignedBy    string        `json:"signedBy,omitempty"`
	Claim       string        `json:"claim,omitempty"`
	Postage     string        `json:"postage,omitempty" doc:"Who pays the postage."`
	Tracks      []ParcelTrack `json:"tracks" doc:"The newest first."`
	Spaces      []FreeSpaces  `json:"spaces,omitempty" doc:"Window clerks: where it can be put."`
}

// ParcelTrack is one line of where a parcel was.
type ParcelTrack struct {
	At   time.Time `json:"at"`
	News Word      `json:"news"`
	Text string    `json:"text,omitempty"`
}

// FreeSpaces are the free compartments of a cabinet.
type FreeSpaces struct {
	Cabinet string `json:"cabinet"`
	Name    string `json:"name"`
	Free    []int  `json:"free"`
}

func caseParcel(c *call, v *casework.View) *CaseParcel {
	x := v.Parcel
	if x == nil {
		return nil
	}
	out := &CaseParcel{State: word(c, x.State), Code: x.Code, Shown: x.Known, Cabinet: x.Cabinet, Compartment: x.Compartment, Where: x.Where,
		Until: instant(x.CodeUntil), Order: x.OrderNo, Waybill: x.Waybill, SignedBy: x.SignedBy, Claim: x.Claim, Postage: x.Postage, Tracks: []ParcelTrack{}}
	for _, t := range x.Tracks {
		out.Tracks = append(out.Tracks, ParcelTrack{t.At.UTC(), word(c, t.News), t.Text})
	}
	for _, s := range x.Spaces {
		out.Spaces = append(out.Spaces, FreeSpaces{s.Cabinet.Key, s.Cabinet.Name, append([]int{}, s.Free...)})
	}
	return out
}

// PickUpIn is a pick-up code.
type PickUpIn struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"20" doc:"8 digits, with or without spaces."`
	}
}

// FoundCase names the case of a code.
type FoundCase struct {
	No string `json:"no"`
}

func (s *server) parcels() {
	add(s, operation{id: "parcel-find", method: http.MethodPost, path: "/parcels/find", tag: "window", zh: "凭取件码查找", en: "Window clerks: the case of a pick-up code",
		again: "finds the same case", more: "After ten wrong codes in a quarter of an hour it answers 429."},
		func(ctx context.Context, c *call, in *PickUpIn) (FoundCase, error) {
			no, err := s.Casework.FindByCode(ctx, c.Actor, in.Body.Code)
			return FoundCase{no}, err
		})
}
