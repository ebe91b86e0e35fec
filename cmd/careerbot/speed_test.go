package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/careerbot/careerbot/bot/discordsim"
)

// The speed of the whole program as a process of its own, on a simulated
// Discord in this one. What is measured holds the simulation's share of the
// machine, too.

var soakTime = flag.Duration("soak", time.Minute, "how long BenchmarkSoak asks")

// process is a bot that runs as a process of its own.
type process struct {
	b    *testing.B
	sim  *discordsim.Sim
	cmd  *exec.Cmd
	log  bytes.Buffer
	took time.Duration // from its start until Discord had its session and its commands
}

// startProcess starts the bot and waits until it is ready.
func startProcess(ctx context.Context, b *testing.B, opts discordsim.Options) *process {
	b.Helper()
	sim, err := discordsim.New(opts)
	if err != nil {
		b.Fatal(err)
	}
	p := &process{b: b, sim: sim}
	p.cmd = exec.CommandContext(ctx, "careerbot", "run")
	p.cmd.Dir = b.TempDir() // no file of settings is there
	p.cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+sim.Token(), "DISCORD_API="+sim.URL())
	p.cmd.Stderr = &p.log
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	if err := sim.Ready(ctx); err != nil {
		b.Fatal(err)
	}
	p.took = time.Since(began)
	return p
}

// end asks the bot to end, and waits for it.
func (p *process) end() {
	p.b.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.b.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		p.b.Errorf("%v\n%s", err, &p.log)
	}
	p.sim.Close()
}

// resident is how much memory the bot holds, in megabytes.
func (p *process) resident() float64 {
	p.b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.b.Skip("only Linux tells how much memory is resident")
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kB, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	if err != nil {
		p.b.Fatal(err)
	}
	return kB / 1024
}

// BenchmarkStart measures from the start of the process until the bot is
// connected and has its commands; then until a first question is answered, and
// what it holds in memory when it has been idle for a while.
func BenchmarkStart(b *testing.B) {
	const idle = 3 * time.Second
	var ready, answered, resident []float64
	for b.Loop() {
		ctx, cancel := context.WithTimeout(b.Context(), patience)
		p := startProcess(ctx, b, discordsim.Options{})
		began := time.Now()
		guild := p.sim.Guild("Careers")
		if err := ask(ctx, guild.Member("asha"), guild.General()); err != nil {
			b.Fatal(err)
		}
		ready = append(ready, p.took.Seconds()*1000)
		answered = append(answered, (p.took+time.Since(began)).Seconds()*1000)
		b.StopTimer()
		time.Sleep(idle)
		resident = append(resident, p.resident())
		p.end()
		b.StartTimer()
		cancel()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(ready), "ms-to-ready")
	b.ReportMetric(median(answered), "ms-to-answer")
	b.ReportMetric(median(resident), "MB-idle")
}

// BenchmarkSoak asks fifty questions a second, for as long as -soak says. An
// answer is late when Discord would have told the person that there is none.
func BenchmarkSoak(b *testing.B) {
	const (
		every  = time.Second / 50
		people = 500 // each asks once in ten seconds, which is not too fast
	)
	ctx, cancel := context.WithTimeout(b.Context(), *soakTime+patience)
	defer cancel()
	p := startProcess(ctx, b, discordsim.Options{Keep: 1000})
	guild := p.sim.Guild("Careers")
	// The start is another benchmark's: this one begins when the answerer is trained.
	if err := ask(ctx, guild.Member("asha"), guild.General()); err != nil {
		b.Fatal(err)
	}
	questions := []string{"how much do freshers get?", "which skills do I need?", "is a master's needed?", "how much does a dentist earn?", "what does one do all day?"}

	var members []*discordsim.User
	for i := range people {
		members = append(members, guild.Member(fmt.Sprint("member ", i)))
	}

	var mu sync.Mutex
	var took []time.Duration
	late := 0
	var asking sync.WaitGroup
	asked := 0
	half := 0.0
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	start := time.Now()
	for time.Since(start) < *soakTime {
		<-ticker.C
		if half == 0 && time.Since(start) > *soakTime/2 {
			half = p.resident()
		}
		user := members[asked%people]
		question := questions[asked%len(questions)]
		asking.Go(func() {
			at := time.Now()
			it, err := user.Slash(guild.General(), "ask", discordsim.Opts{"question": question})
			if err == nil {
				err = it.Acknowledged(ctx)
			}
			mu.Lock()
			defer mu.Unlock()
			if took = append(took, time.Since(at)); err != nil {
				late++
			}
		})
		asked++
	}
	asking.Wait()
	end := p.resident()
	p.end()
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(asked)/soakTime.Seconds(), "asked/s")
	b.ReportMetric(float64(late), "late")
	b.ReportMetric(float64(took[len(took)/2])/1e6, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "ms-p99")
	b.ReportMetric(half, "MB-at-half")
	b.ReportMetric(end, "MB-at-end")
}

// ask asks a question and waits for the answer.
func ask(ctx context.Context, u *discordsim.User, c *discordsim.Channel) error {
	it, err := u.Slash(c, "ask", discordsim.Opts{"question": "how much do freshers get?"})
	if err != nil {
		return err
	}
	_, err = it.Reply(ctx)
	return err
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
