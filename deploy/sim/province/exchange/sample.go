package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
)

// Apply receives a matter over there that the customer decides (对方代收). The applicant is made up, in a county that does not exist;
// the matter is the old-age allowance with a household register and a signature.
func (s *Systems) Apply(c Crossing) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.desk.feed) + 1
	if c.No == "" {
		c.No = fmt.Sprintf("KS%s%04d", s.now().Format("20060102"), n)
	}
	if c.Region == "" {
		c.Region = "500112000000"
	}
	if c.Mode == "" {
		c.Mode = "collect"
	}
	if s.desk.cases[c.No] != nil {
		return "", fmt.Errorf("crossing %s is here already", c.No)
	}
	id := citizenNumber(fmt.Sprintf("51079919400101%03d", n*2%1000))
	page := blankPage()
	body, err := json.Marshal(map[string]any{
		"itemCode": "glbt", "mode": c.Mode, "paper": c.Paper, "office": "样例渝北区政务服务中心",
		"applicant":  map[string]string{"type": "resident", "name": "样例老人", "id_number": id, "sex": "female", "birth": "1940-01-01", "address": "四川省绵阳市样例区通办路1号", "identified_by": "idcard"},
		"answers":    map[string]string{"card": "social", "elsewhere": "none"},
		"form":       map[string]any{"card_no": "6222020200112233446", "name": "样例老人", "id_number": id, "region": "510703001", "street": "通办路1号1栋", "phone": "13908162150"},
		"materials":  []map[string]any{{"code": "hukou", "pages": [][]byte{page}}},
		"signatures": []map[string]any{{"role": "applicant", "statement": "本人签名", "image": page}},
	})
	if err != nil {
		return "", fmt.Errorf("encode sample: %w", err)
	}
	c.Ours, c.Item, c.State, c.Text, c.At = true, "80周岁以上老年人高龄津贴发放", "sent", "已代收，送办理地", s.now()
	s.desk.cases[c.No] = &c
	s.tell(Happening{No: c.No, Region: c.Region, Kind: "application", By: "外地窗口（仿真）", Text: "代收送来", Application: body})
	return c.No, nil
}

// citizenNumber adds the check character of GB 11643.
func citizenNumber(first17 string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(first17[i]-'0') * w
	}
	return first17 + string("10X98765432"[sum%11])
}

func blankPage() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 24, 32))); err != nil {
		panic("exchange: draw page: " + err.Error()) // memory does not fail
	}
	return b.Bytes()
}
