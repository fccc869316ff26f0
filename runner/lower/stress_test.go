package lower_test

import (
	"fmt"
	"testing"

	"example/workbook/runner/lower"
)

// Many goroutines execute one go statement and one select statement: each has
// its own variables and its own channels.
const stress = `package main

import (
	"fmt"
	"sync"
)

func pump(id int, in <-chan int, out chan<- int, stop <-chan struct{}) (wrong int) {
	for {
		select {
		case v := <-in:
			if v%100 != id {
				wrong++
			}
			select {
			case out <- v:
			case <-stop:
				return
			}
		case <-stop:
			return
		}
	}
}

func main() {
	const goroutines = 10000
	var wg sync.WaitGroup
	seen := make([]int, goroutines)
	for i := 0; i < goroutines; i++ {
		wg.Add(1)
		k := i * 2
		go func() {
			defer wg.Done()
			seen[i] = k + 1
		}()
	}
	wg.Wait()
	bad := 0
	for i, v := range seen {
		if v != 2*i+1 {
			bad++
		}
	}
	fmt.Println("closures", bad)

	stop := make(chan struct{})
	wrong := make([]int, 100)
	var pumps, feeders sync.WaitGroup
	for id := range 100 {
		in, out := make(chan int), make(chan int)
		pumps.Add(1)
		go func() {
			defer pumps.Done()
			wrong[id] = pump(id, in, out, stop)
		}()
		feeders.Add(1)
		go func() {
			defer feeders.Done()
			for n := range 50 {
				in <- n*100 + id
				if v := <-out; v != n*100+id {
					panic(fmt.Sprint("goroutine ", id, " got ", v))
				}
			}
		}()
	}
	feeders.Wait()
	close(stop)
	pumps.Wait()
	sum := 0
	for _, w := range wrong {
		sum += w
	}
	fmt.Println("selects", sum)
}
`

func TestStress(t *testing.T) {
	for _, procs := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(procs), func(t *testing.T) {
			o := execute(t, lower.Program{File: "stress.go", Source: []byte(stress)}, fmt.Sprint("GOMAXPROCS=", procs))
			if o.Exit != 0 || o.Stdout != "closures 0\nselects 0\n" {
				t.Errorf("%s\n%s", o, o.Stderr)
			}
		})
	}
}
