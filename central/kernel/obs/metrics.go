package obs

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Metrics is one registry of metrics (指标). Labels must come from small fixed
// sets: never an id, never anything of a person.
type Metrics struct {
	mu       sync.Mutex
	families map[string]*family
}

// NewMetrics returns an empty registry.
func NewMetrics() *Metrics { return &Metrics{families: map[string]*family{}} }

// maxSeries bounds a family, so that a label from outside cannot eat memory.
const maxSeries = 1000

type family struct {
	name, help, kind string
	labels           []string
	buckets          []float64

	mu     sync.Mutex
	series map[string]*series
}

type series struct {
	values []string
	value  float64
	counts []uint64 // histogram: per bucket, not yet summed up
	count  uint64
	read   func() float64
}

func (m *Metrics) family(kind, name, help string, buckets []float64, labels []string) *family {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, ok := m.families[name]
	if !ok {
		f = &family{name: name, help: help, kind: kind, labels: labels, buckets: buckets, series: map[string]*series{}}
		m.families[name] = f
	}
	if f.kind != kind || !slices.Equal(f.labels, labels) {
		panic("obs: metric " + name + " was made before with another kind or other labels")
	}
	return f
}

func (f *family) at(values []string) *series {
	if len(values) != len(f.labels) {
		panic(fmt.Sprintf("obs: metric %s wants %d label values, got %d", f.name, len(f.labels), len(values)))
	}
	key := strings.Join(values, "\x00")
	s, ok := f.series[key]
	if !ok {
		if len(f.series) >= maxSeries {
			key = "overflow"
			if s, ok = f.series[key]; ok {
				return s
			}
			values = slices.Repeat([]string{"other"}, len(values))
		}
		s = &series{values: slices.Clone(values), counts: make([]uint64, len(f.buckets))}
		f.series[key] = s
	}
	return s
}

// Counter only grows.
type Counter struct{ f *family }

// Counter returns the counter called name, made on first use.
func (m *Metrics) Counter(name, help string, labels ...string) Counter {
	return Counter{m.family("counter", name, help, nil, labels)}
}

// Add adds v (not negative) to the series with these label values.
func (c Counter) Add(v float64, values ...string) {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	c.f.at(values).value += v
}

// Inc adds one.
func (c Counter) Inc(values ...string) { c.Add(1, values...) }

// Gauge goes up and down.
type Gauge struct{ f *family }

// Gauge returns the gauge called name, made on first use.
func (m *Metrics) Gauge(name, help string, labels ...string) Gauge {
	return Gauge{m.family("gauge", name, help, nil, labels)}
}

// Set sets the series with these label values.
func (g Gauge) Set(v float64, values ...string) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.f.at(values).value = v
}

// Add changes the series with these label values by v.
func (g Gauge) Add(v float64, values ...string) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.f.at(values).value += v
}

// Read takes the value from read at each scrape.
func (g Gauge) Read(read func() float64, values ...string) {
	g.f.mu.Lock()
	defer g.f.mu.Unlock()
	g.f.at(values).read = read
}

// Histogram counts values into buckets.
type Histogram struct{ f *family }

// Seconds are buckets for durations of requests and acts.
func Seconds() []float64 {
	return []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// Histogram returns the histogram called name with ascending upper bounds,
// made on first use.
func (m *Metrics) Histogram(name, help string, buckets []float64, labels ...string) Histogram {
	return Histogram{m.family("histogram", name, help, buckets, labels)}
}

// Observe counts v in the series with these label values.
func (h Histogram) Observe(v float64, values ...string) {
	h.f.mu.Lock()
	defer h.f.mu.Unlock()
	s := h.f.at(values)
	s.value += v
	s.count++
	for i, bound := range h.f.buckets {
		if v <= bound {
			s.counts[i]++
			return
		}
	}
}

// WriteText writes everything in the Prometheus text format 0.0.4.
func (m *Metrics) WriteText(w io.Writer) error {
	m.mu.Lock()
	families := slices.Collect(maps.Values(m.families))
	m.mu.Unlock()
	slices.SortFunc(families, func(a, b *family) int { return strings.Compare(a.name, b.name) })

	var b strings.Builder
	for _, f := range families {
		f.write(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f *family) write(b *strings.Builder) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", f.name, escape(f.help, false), f.name, f.kind)
	for _, key := range slices.Sorted(maps.Keys(f.series)) {
		s := f.series[key]
		if f.kind != "histogram" {
			v := s.value
			if s.read != nil {
				v = s.read()
			}
			fmt.Fprintf(b, "%s%s %s\n", f.name, f.tags(s, ""), number(v))
			continue
		}
		sum := uint64(0)
		for i, bound := range f.buckets {
			sum += s.counts[i]
			fmt.Fprintf(b, "%s_bucket%s %d\n", f.name, f.tags(s, number(bound)), sum)
		}
		fmt.Fprintf(b, "%s_bucket%s %d\n", f.name, f.tags(s, "+Inf"), s.count)
		fmt.Fprintf(b, "%s_sum%s %s\n", f.name, f.tags(s, ""), number(s.value))
		fmt.Fprintf(b, "%s_count%s %d\n", f.name, f.tags(s, ""), s.count)
	}
}

func (f *family) tags(s *series, le string) string {
	var parts []string
	for i, l := range f.labels {
		parts = append(parts, l+`="`+escape(s.values[i], true)+`"`)
	}
	if le != "" {
		parts = append(parts, `le="`+le+`"`)
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func escape(s string, quotes bool) string {
	s = strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(s)
	if quotes {
		s = strings.ReplaceAll(s, `"`, `\"`)
	}
	return s
}

func number(v float64) string {
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
