package speech

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tongban/drivers/speaker/wav"
)

// engine is eSpeak NG itself; a machine without it cannot tell whether it speaks.
func engine(t *testing.T) Espeak {
	t.Helper()
	e := Espeak{Program: "espeak-ng"}
	if err := e.Ready(); err != nil {
		t.Skip("espeak-ng is not installed (Debian package espeak-ng): ", err)
	}
	return e
}

func spoken(t *testing.T, e Espeak, text string, v Voice) wav.Sound {
	t.Helper()
	b, err := e.Speak(t.Context(), text, v)
	if err != nil {
		t.Fatal(err)
	}
	s, err := wav.Parse(b)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	loud := 0
	for _, x := range s.Samples {
		if x > 1000 || x < -1000 {
			loud++
		}
	}
	if loud < len(s.Samples)/10 {
		t.Errorf("%s: %d of %d samples are heard", text, loud, len(s.Samples))
	}
	return s
}

func TestSpeaks(t *testing.T) {
	e := engine(t)
	for _, v := range []Voice{{Language: "zh-CN"}, {Language: "en"}} {
		text := map[string]string{"zh-CN": "请将身份证放在感应区。", "en": "Place your ID card on the sensor."}[v.Language]
		usual := spoken(t, e, text, v).Length()
		if usual < time.Second || usual > 6*time.Second {
			t.Errorf("%s takes %v", text, usual)
		}
		v.Slow = true
		if slow := spoken(t, e, text, v).Length(); slow < usual*6/5 {
			t.Errorf("%s: slow %v, usual %v", text, slow, usual)
		}
	}
}

// A matter's Chinese name in an English visit is read in Mandarin, as it is in a Chinese one.
func TestChineseInAnEnglishVisit(t *testing.T) {
	e := engine(t)
	here := spoken(t, e, "高龄津贴发放", Voice{Language: "en"})
	there := spoken(t, e, "高龄津贴发放", Voice{Language: "zh-CN"})
	if here.Length() != there.Length() {
		t.Errorf("%v in an English visit, %v in a Chinese one", here.Length(), there.Length())
	}
}

// What is heard is Mandarin and not pinyin spelled as English, and the words of the table are read with their own sound.
func TestMandarinIsRead(t *testing.T) {
	e := engine(t)
	sounds := func(text string) string {
		c := exec.Command(e.Program, "-v", mandarin, "-b", "1", "-x", "-q", "--stdin") //nolint:gosec // a test
		c.Stdin = strings.NewReader(read(text))
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReplacer("'", "", ",", "", ";", "").Replace(string(out))
	}
	for text, want := range map[string]string{
		"第三步": "ti51_| s", "请再放一次": "tShi21N_|", "重新拍": "ts.hong35", "重要": "ts.ong51", "银行卡": "Xa35N_| khA", "长辈版": "ts.a21N", "长期": "ts.hA35N",
		"会计": "khuai51", "相片": "SiA51N", "地址": "ti51_| ts", "百分之%": "f", "处理": "hu11_| li", "办不了": "ljAu51",
	} {
		if got := sounds(text); !strings.Contains(got, want) || strings.Contains(got, "(en)") {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestEngineThatFails(t *testing.T) {
	if err := (Espeak{Program: "no-such-engine"}).Ready(); err == nil || !strings.Contains(err.Error(), "espeak-ng") {
		t.Errorf("a missing engine is not named: %v", err)
	}
	if _, err := (Espeak{Program: "false"}).Speak(t.Context(), "好", Voice{}); err == nil {
		t.Error("an engine that fails was taken")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := (Espeak{Program: "./testdata/hangs"}).Speak(ctx, "好", Voice{}); err == nil || time.Since(began) > 3*time.Second {
		t.Errorf("an engine that hangs: %v after %v", err, time.Since(began))
	}
}
