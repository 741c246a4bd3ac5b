package ident

import "testing"

// TestReadCard: what readers of different makers type, and what people paste.
func TestReadCard(t *testing.T) {
	const no = "320204195603189919"
	tests := []struct {
		text string
		want Card
		ok   bool
	}{
		{no, Card{Number: no}, true},
		{" 32020419560318 9919 ", Card{Number: no}, true},
		{"王建国,男,汉,1956-03-18,无锡市梁溪区演示路1号," + no + ",无锡市公安局,2016.01.01-长期", Card{no, "王建国", "无锡市梁溪区演示路1号"}, true},
		{"姓名：王建国\n性别：男\n民族：汉\n出生：1956年3月18日\n住址：江苏省无锡市梁溪区演示路1号\n公民身份号码：" + no, Card{no, "王建国", "江苏省无锡市梁溪区演示路1号"}, true},
		{"王建国|男|汉族|19560318|" + no, Card{Number: no, Name: "王建国"}, true},
		{no[:17] + "1", Card{}, false},
		{"王建国,男", Card{Name: "王建国"}, false},
		{"", Card{}, false},
	}
	for _, tt := range tests {
		got, ok := ReadCard(tt.text)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q: %+v %v, want %+v %v", tt.text, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzReadCard(f *testing.F) {
	f.Add("姓名：王建国,公民身份号码：320204195603189919")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := ReadCard(text)
		if ok != (c.Number != "") || ok && !CheckResident(c.Number).Valid && !CheckUSCC(c.Number).Valid {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
