package httpx

import (
	"fmt"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2/validation"
)

// Every message that huma may give has words of its own, and none passes in
// English.
func TestEveryMessageIsTranslated(t *testing.T) {
	fill := func(m string) string {
		n := strings.Count(m, "%")
		args := make([]any, 0, n)
		for i := range len(m) - 1 {
			if m[i] != '%' {
				continue
			}
			if m[i+1] == 'd' {
				args = append(args, 7)
			} else {
				args = append(args, "secret")
			}
		}
		return fmt.Sprintf(m, args...)
	}
	other := rules[len(rules)-1].words
	for _, m := range []string{
		validation.MsgUnexpectedProperty, validation.MsgExpectedRFC3339DateTime, validation.MsgExpectedRFC1123DateTime,
		validation.MsgExpectedRFC3339Date, validation.MsgExpectedRFC3339Time, validation.MsgExpectedRFC5322Email,
		validation.MsgExpectedRFC5890Hostname, validation.MsgExpectedRFC2673IPv4, validation.MsgExpectedRFC2373IPv6,
		validation.MsgExpectedRFCIPAddr, validation.MsgExpectedRFC3986URI, validation.MsgExpectedRFC4122UUID,
		validation.MsgExpectedRFC6570URITemplate, validation.MsgExpectedRFC6901JSONPointer,
		validation.MsgExpectedRFC6901RelativeJSONPointer, validation.MsgExpectedRegexp,
		validation.MsgExpectedMatchAtLeastOneSchema, validation.MsgExpectedMatchExactlyOneSchema,
		validation.MsgExpectedNotMatchSchema, validation.MsgExpectedPropertyNameInObject, validation.MsgExpectedBoolean,
		validation.MsgExpectedDuration, validation.MsgExpectedNumber, validation.MsgExpectedInteger, validation.MsgExpectedString,
		validation.MsgExpectedBase64String, validation.MsgExpectedArray, validation.MsgExpectedObject,
		validation.MsgExpectedArrayItemsUnique, validation.MsgExpectedOneOf, validation.MsgExpectedMinimumNumber,
		validation.MsgExpectedExclusiveMinimumNumber, validation.MsgExpectedMaximumNumber,
		validation.MsgExpectedExclusiveMaximumNumber, validation.MsgExpectedNumberBeMultipleOf, validation.MsgExpectedMinLength,
		validation.MsgExpectedMaxLength, validation.MsgExpectedBePattern, validation.MsgExpectedMatchPattern,
		validation.MsgExpectedMinItems, validation.MsgExpectedMaxItems, validation.MsgExpectedMinProperties,
		validation.MsgExpectedMaxProperties, validation.MsgExpectedRequiredProperty, validation.MsgExpectedDependentRequiredProperty,
	} {
		got := chinese(fill(m))
		if got == other || strings.Contains(got, "expected") || strings.Contains(got, "$") {
			t.Errorf("%q → %q", m, got)
		}
	}
	if chinese("anything else") != other {
		t.Error("unknown message")
	}
	for in, want := range map[string]string{
		"expected length >= 4": "至少要 4 个字", "expected length >= 1": "不能为空，请填写",
		"expected required property reason to be present": "缺少“reason”，请补填",
	} {
		if got := chinese(in); got != want {
			t.Errorf("%q → %q", in, got)
		}
	}
}

func FuzzAccepts(f *testing.F) {
	f.Add("gzip, br;q=0.5")
	f.Add("br;q=")
	f.Fuzz(func(t *testing.T, header string) {
		if accepts(header, "br") && !strings.Contains(strings.ToLower(header), "br") {
			t.Errorf("%q", header)
		}
	})
}
