using FuncQueue.Chaos.Runs;
using Shouldly;
using Xunit;

namespace FuncQueue.Chaos.Tests;

/// <summary>The short form of the chaos runs, from seeds that are always the same. The long form is the program.</summary>
[Trait("Guarantee", "1 to 5")]
public sealed class ShortRunTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(12);

    [Theory]
    [InlineData(1, "standard")]
    [InlineData(2, "fifo")]
    [InlineData(3, "topics")]
    public async Task Processes_that_are_killed_and_stalled_on_a_storage_that_fails_keep_every_promise(int seed, string what)
    {
        var options = new ChaosOptions
        {
            Duration = Short,
            Seed = seed,
            Fifo = what == "fifo",
            Topics = what == "topics",
            Producers = 3,
            Consumers = 5,
        };
        var run = await new ChaosRun(options, _ => { }).RunAsync();
        run.Verdict.Violations.ShouldBeEmpty(Report.Violations(run.Verdict, run.History));
        run.Verdict.Delivered.ShouldBeGreaterThan(0);
        run.StorageFaults.ShouldBeGreaterThan(0);
    }
}
