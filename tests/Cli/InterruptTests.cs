namespace FuncQueue.Cli.Tests;

/// <summary>What an interrupted program leaves: no lease longer than it asked for.</summary>
public sealed class InterruptTests(CliFixture cli)
{
    private static readonly TimeSpan Generous = TimeSpan.FromMinutes(2);

    private readonly string queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task Interrupted_while_it_waits_for_a_message_it_leases_none_that_comes_later()
    {
        (await cli.RunAsync("queue", "create", queue, "--visibility", "1h")).Succeeded();
        await using var lookout = await Lookout.StartAsync(cli.Address, "/dequeue");
        using var process = cli.Start(["receive", queue, "--wait", "20s", "--endpoint", lookout.Address]);
        await lookout.Seen.WaitAsync(Generous);
        await Signals.InterruptAsync(process.Id);
        (await CliFixture.EndAsync(process, "")).ExitCode.ShouldBe(130);
        (await cli.RunAsync("send", queue, "later")).Succeeded();
        await UntilAsync("leased\t0", "ready\t1");
        (await cli.RunAsync("receive", queue, "--ack", "--raw")).Succeeded().Output.ShouldBe("later");
    }

    [Fact]
    public async Task Killed_while_it_handles_a_message_its_lease_ends_when_it_asked_for_it_to_end()
    {
        (await cli.RunAsync("queue", "create", queue, "--visibility", "1h")).Succeeded();
        (await cli.RunAsync("send", queue, "m")).Succeeded();
        using var process = cli.Start(["consume", queue, "--lease", "5s", "--exec", "echo begun; sleep 600"]);
        (await process.StandardOutput.ReadLineAsync().WaitAsync(Generous)).ShouldBe("begun");
        process.Kill(entireProcessTree: true);
        await UntilAsync("leased\t0", "ready\t1");
    }

    private async Task UntilAsync(params string[] lines)
    {
        var began = TimeProvider.System.GetTimestamp();
        string[] shown;
        do
        {
            shown = (await cli.RunAsync("queue", "show", queue)).Succeeded().Lines;
            if (lines.All(shown.Contains))
                return;
        } while (TimeProvider.System.GetElapsedTime(began) < Generous);

        shown.ShouldContain(lines[0]);
        shown.ShouldContain(lines[1]);
    }
}
