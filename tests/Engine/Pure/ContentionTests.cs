using FuncQueue.Engine.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>
/// Processes with one producer each, who all must be first at one row, on storage that serves one request after the other: a look at the
/// row, a write that fails if another one came between, and for who knocks one request more.
/// </summary>
public sealed class ContentionTests
{
    private const int Seconds = 30;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(32)]
    public void However_many_there_are_each_gets_on_and_a_message_takes_few_requests(int processes)
    {
        var run = new Simulation(processes, new Random(1));
        run.Run(TimeSpan.FromSeconds(Seconds));
        var perMessage = (double)run.Requests / run.Messages;
        TestContext.Current.SendDiagnosticMessage(
            $"{processes} processes: {run.Messages / Seconds}/s, {perMessage:0.00} requests a message, overtaken "
                + $"{run.Racers.Max(r => r.MostOvertaken)} times at most, slowest "
                + $"{run.Racers.Max(r => r.Slowest).TotalSeconds:0.00} s"
        );
        perMessage.ShouldBeLessThan(processes == 1 ? 1.1 : 2.5);
        run.Messages.ShouldBeGreaterThan(100 * Seconds);
        run.Racers.ShouldAllBe(r => r.Messages > Seconds);
        run.Racers.ShouldAllBe(r => r.MostOvertaken <= 12);
        run.Racers.ShouldAllBe(r => r.Slowest < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void One_who_is_alone_never_pauses_and_whoever_was_overtaken_forgets_it()
    {
        var time = new FakeTimeProvider();
        var contention = new Contention(time, () => 0.5);
        contention.NextPause().ShouldBe(TimeSpan.Zero);
        contention.Begin();
        time.Advance(TimeSpan.FromMilliseconds(4));
        contention.Overtaken();
        contention.NextPause().ShouldBe(TimeSpan.FromMilliseconds(4));
        contention.Knocks.ShouldBeFalse();
        contention.Begin();
        contention.Overtaken();
        contention.Knocks.ShouldBeTrue();
        contention.GotOn();
        contention.Knocks.ShouldBeFalse();
        contention.NextPause().ShouldBe(TimeSpan.Zero, "who has got on goes on for a while");
        time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 1000; i++)
        {
            contention.NextPause();
            contention.Begin();
            contention.GotOn();
        }

        contention.NextPause().ShouldBe(TimeSpan.Zero);
    }

    private sealed class Racer(Contention contention)
    {
        public Contention Contention => contention;

        public long? Known { get; set; }

        public TimeSpan Began { get; set; }

        public int Overtaken { get; set; }

        public int Messages { get; set; }

        public int MostOvertaken { get; set; }

        public TimeSpan Slowest { get; set; }
    }

    private sealed class Simulation
    {
        private static readonly TimeSpan Way = TimeSpan.FromMilliseconds(0.3);

        private readonly FakeTimeProvider time = new();
        private readonly PriorityQueue<Action, (TimeSpan At, long Order)> events = new();
        private readonly Random random;
        private TimeSpan now;
        private TimeSpan serverIsFreeAt;
        private long order;
        private long row;

        public Simulation(int processes, Random random)
        {
            this.random = random;
            Racers = [.. Enumerable.Range(0, processes).Select(_ => new Racer(new Contention(time, random.NextDouble)))];
            foreach (var racer in Racers)
                At(Milliseconds(random.NextDouble()), () => Begin(racer));
        }

        public IReadOnlyList<Racer> Racers { get; }

        public int Requests { get; private set; }

        public int Messages { get; private set; }

        public void Run(TimeSpan howLong)
        {
            while (events.TryPeek(out _, out var next) && next.At < howLong)
            {
                var happens = events.Dequeue();
                time.Advance(next.At - now);
                now = next.At;
                happens();
            }

            foreach (var racer in Racers)
                racer.Slowest = Max(racer.Slowest, now - racer.Began);
        }

        private void Begin(Racer racer)
        {
            (racer.Began, racer.Overtaken) = (now, 0);
            Try(racer);
        }

        private void Try(Racer racer)
        {
            var pause = racer.Contention.NextPause();
            if (pause > TimeSpan.Zero)
                racer.Known = null;
            At(
                now + pause,
                () =>
                {
                    racer.Contention.Begin();
                    if (racer.Known is not null)
                        Write(racer);
                    else if (racer.Contention.Knocks)
                        Request(() => row++, () => Look(racer));
                    else
                        Look(racer);
                }
            );
        }

        private void Look(Racer racer) => Request(() => racer.Known = row, () => Write(racer));

        private void Write(Racer racer)
        {
            var first = false;
            Request(
                () =>
                {
                    first = racer.Known == row;
                    racer.Known = first ? ++row : null;
                },
                () => Written(racer, first)
            );
        }

        private void Written(Racer racer, bool first)
        {
            if (!first)
            {
                racer.Contention.Overtaken();
                racer.MostOvertaken = Math.Max(racer.MostOvertaken, ++racer.Overtaken);
                Try(racer);
                return;
            }

            racer.Contention.GotOn();
            racer.Messages++;
            Messages++;
            racer.Slowest = Max(racer.Slowest, now - racer.Began);
            At(now + Milliseconds(0.2), () => Begin(racer));
        }

        private void Request(Action onStorage, Action answered)
        {
            Requests++;
            serverIsFreeAt = Max(serverIsFreeAt, now + Way) + Milliseconds(0.7 + (0.6 * random.NextDouble()));
            var done = serverIsFreeAt;
            At(
                done,
                () =>
                {
                    onStorage();
                    At(done + Way, answered);
                }
            );
        }

        private void At(TimeSpan at, Action happens) => events.Enqueue(happens, (at, order++));

        private static TimeSpan Milliseconds(double count) => TimeSpan.FromMilliseconds(count);

        private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
    }
}
