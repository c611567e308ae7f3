namespace FuncQueue.Cli.Tests;

/// <summary>The program on a terminal: tables and colours, and never what a message says to the terminal.</summary>
public sealed class TerminalTests(CliFixture cli)
{
    private readonly string queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task Lists_are_tables_with_colours_unless_those_are_not_wanted()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("send", queue, "hello")).Succeeded();
        var table = (await cli.RunOnTerminalAsync($"peek {queue}")).Succeeded().Output;
        table.ShouldContain("messageId");
        table.ShouldContain("hello");
        table.ShouldContain("\u001b[");
        var plain = (await cli.RunOnTerminalAsync($"queue list {queue}", noColor: true)).Succeeded().Output;
        plain.ShouldContain(queue);
        plain.ShouldNotContain("\u001b[3");
        plain.ShouldNotContain("\u001b[9");
        (await cli.RunOnTerminalAsync($"peek {queue} --json")).Succeeded().Output.ShouldContain("{\"messageId\":");
    }

    [Fact]
    public async Task A_body_cannot_command_the_terminal()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("send", queue, "a\u001b]0;owned\u0007b[red]c")).Succeeded();
        var table = (await cli.RunOnTerminalAsync($"peek {queue}")).Succeeded().Output;
        table.ShouldNotContain("\u001b]0;");
        table.ShouldContain("]0;owned");
        table.ShouldContain("b[red]c");
    }

    [Fact]
    public async Task The_busiest_queues_are_a_table_that_is_drawn_anew_as_messages_come_until_Ctrl_C()
    {
        foreach (var name in new[] { queue, queue + "-b" })
            (await cli.RunAsync("queue", "create", name)).Succeeded();
        (await cli.RunAsync("a\nb\n", ["send", queue + "-b", "--lines"])).Succeeded();
        using var top = cli.StartOnTerminal($"top {queue} --every 200ms");
        var screen = new Screen(top);
        await screen.ShowsAsync(Row(queue + "-b", 2));
        (await cli.RunAsync("send", queue + "-b", "c")).Succeeded();
        await screen.ShowsAsync(Row(queue + "-b", 3));
        // The terminal makes SIGINT of it.
        await top.StandardInput.WriteAsync('\u0003');
        await top.StandardInput.FlushAsync();
        (await screen.EndAsync()).ShouldBe(130);
    }

    private static string Row(string name, int ready) => $"{name}  {ready}  0  0  0";
}
