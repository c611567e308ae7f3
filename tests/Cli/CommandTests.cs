using System.Text.Json.Nodes;

namespace FuncQueue.Cli.Tests;

/// <summary>The program piped: tab-separated values, JSON, exit codes.</summary>
public sealed class CommandTests(CliFixture cli)
{
    private readonly string queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task A_message_goes_its_way_by_commands_alone()
    {
        (await cli.RunAsync("queue", "create", queue, "--visibility", "90s", "--max-deliveries", "0")).Succeeded();
        var shown = (await cli.RunAsync("queue", "show", queue)).Succeeded();
        shown.Lines.ShouldContain("visibility\t90s");
        shown.Lines.ShouldContain("maxDeliveries\tnone");
        var sent = (await cli.RunAsync("send", queue, "hello\tthere", "--attribute", "a=b=c", "--priority", "3")).Succeeded().Output.Trim();
        Guid.TryParse(sent, out _).ShouldBeTrue();
        var peeked = (await cli.RunAsync("peek", queue)).Succeeded().Lines.ShouldHaveSingleItem().Split('\t');
        (peeked[0], peeked[^1]).ShouldBe((sent, "hello\\tthere"));
        // Printed and given back, then printed and acked.
        (await cli.RunAsync("receive", queue)).Succeeded();
        var received = JsonNode.Parse((await cli.RunAsync("receive", queue, "--ack", "--json")).Succeeded().Output)!;
        ((string)received["body"]!, (int)received["deliveries"]!).ShouldBe(("hello\tthere", 1));
        (await cli.RunAsync("receive", queue)).ExitCode.ShouldBe(3);
        (await cli.RunAsync("queue", "delete", queue, "--yes")).Succeeded();
        (await cli.RunAsync("queue", "show", queue)).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Bytes_from_a_pipe_come_out_as_they_went_in_and_lines_are_messages()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("one\ntwo\nthree\n", ["send", queue, "--lines"])).Succeeded().Lines.ShouldContain("sent\t3");
        var raw = (await cli.RunAsync("receive", queue, "-n", "3", "--ack", "--raw")).Succeeded().Output;
        foreach (var body in new[] { "one", "two", "three" })
            raw.ShouldContain(body);
        (await cli.RunAsync("a whole body\n", ["send", queue])).Succeeded();
        (await cli.RunAsync("receive", queue, "--ack", "--raw")).Output.ShouldBe("a whole body\n");
    }

    [Fact]
    public async Task What_destroys_wants_to_be_confirmed_and_says_what_it_is_about()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("a\nb\nc\nd\n", ["send", queue, "--lines"])).Succeeded();
        var refused = await cli.RunAsync("queue", "purge", queue);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldContain("Messages to drop: 4");
        refused.Errors.ShouldContain("--yes");
        (await cli.RunAsync("peek", queue)).Lines.Length.ShouldBe(4);
        (await cli.RunAsync("queue", "purge", queue, "--yes")).Succeeded().Output.ShouldBe("purged\t4\n");
    }

    [Fact]
    public async Task Exit_codes_say_what_went_wrong()
    {
        (await cli.RunAsync("no-such-command")).ExitCode.ShouldBe(2);
        (await cli.RunAsync("queue", "create", queue, "--visibility", "soon")).ExitCode.ShouldBe(2);
        (await cli.RunAsync("send", queue, "m", "--attribute", "none")).ExitCode.ShouldBe(2);
        (await cli.RunAsync("send", queue, "m")).ExitCode.ShouldBe(3);
        var invalid = await cli.RunAsync("queue", "create", queue, "--shards", "99");
        (invalid.ExitCode, invalid.Output).ShouldBe((1, ""));
        invalid.Errors.ShouldContain("shards");
        (await cli.RunAsync("health")).Succeeded().Lines.ShouldContain("status\thealthy");
    }

    [Theory]
    [InlineData("receive", "q", "-n", "0")]
    [InlineData("consume", "q", "-n", "0")]
    [InlineData("consume", "q", "--concurrency", "0")]
    [InlineData("consume", "q", "--lease", "0")]
    [InlineData("consume", "q", "--lease", "30d")]
    [InlineData("bench", "q", "-n", "0")]
    [InlineData("bench", "q", "--senders", "0")]
    [InlineData("bench", "q", "--size", "-1")]
    [InlineData("send", "", "m")]
    [InlineData("queue", "set", "")]
    [InlineData("topic", "publish", "", "m")]
    [InlineData("keys", "delete", "", "--yes")]
    [InlineData("context", "set", "", "--endpoint", "http://127.0.0.1:1")]
    [InlineData("queue", "list", "--key", "fq_…")]
    public async Task What_cannot_be_is_refused_before_anything_is_asked(params string[] arguments)
    {
        var refused = await cli.RunAsync(arguments);
        (refused.ExitCode, refused.Output).ShouldBe((2, ""), refused.Errors);
        refused.Errors.ShouldNotBeEmpty();
        refused.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_consumer_ends_where_there_is_no_queue_and_a_fault_is_told_once()
    {
        var consumed = await cli.RunAsync("consume", queue);
        consumed.ExitCode.ShouldBe(3);
        consumed.Errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(queue);
        (await cli.RunAsync("queue", "create", queue, "--shards", "99")).Errors.Trim().Split('\n').ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Dead_letters_are_counted_shown_brought_back_edited_and_dropped()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("a\nb\nc\n", ["send", queue, "--lines"])).Succeeded();
        (await cli.RunAsync("consume", queue, "-n", "3", "--exec", "exit 65")).Succeeded();
        var listed = (await cli.RunAsync("dlq", "list", queue)).Succeeded().Lines.Select(line => line.Split('\t')).ToList();
        listed.Count.ShouldBe(3);
        listed.ShouldAllBe(cells => cells[3] == "exit-code-65");
        var shown = JsonNode.Parse((await cli.RunAsync("dlq", "show", queue, listed[0][0], "--json")).Succeeded().Output)!;
        ((string)shown["status"]!).ShouldBe("DeadLettered");
        (await cli.RunAsync("dlq", "redrive", queue)).ExitCode.ShouldBe(2);
        (await cli.RunAsync("dlq", "redrive", queue, "--id", listed[0][0])).Succeeded().Lines.ShouldContain("moved\t1");
        (await cli.RunAsync("dlq", "edit", queue, listed[1][0], "--body", "edited", "--attribute", "by=support")).Succeeded();
        var live = (await cli.RunAsync("peek", queue, "--json")).Succeeded().Lines.Select(line => JsonNode.Parse(line)!).ToList();
        live.Select(message => (string)message["body"]!).ShouldBe(["a", "edited"], ignoreOrder: true);
        var edited = live.Single(message => (string)message["body"]! == "edited");
        ((string)edited["attributes"]!["by"]!).ShouldBe("support");
        (await cli.RunAsync("dlq", "purge", queue, "--yes")).Succeeded().Output.ShouldBe("purged\t1\n");
        (await cli.RunAsync("dlq", "list", queue)).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task A_program_handles_messages_and_its_exit_code_decides()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("send", queue, "hello")).Succeeded();
        // The first time it fails, the second it does not.
        var program = "read body; echo \"$FUNCQUEUE_DELIVERY_COUNT $body\"; test \"$FUNCQUEUE_DELIVERY_COUNT\" = 2";
        (await cli.RunAsync("consume", queue, "-n", "2", "--exec", program)).Succeeded().Lines.ShouldBe(["1 hello", "2 hello"]);
        (await cli.RunAsync("peek", queue)).ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task Interrupted_a_consumer_finishes_what_it_handles_and_leaves_no_lease()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("a\nb\n", ["send", queue, "--lines"])).Succeeded();
        // It ends when the file is there.
        var file = Path.Combine(Path.GetTempPath(), $"funcqueue-{Guid.NewGuid():N}");
        using var process = cli.Start(["consume", queue, "--exec", $"echo begun; while ! test -e {file}; do sleep 0.1; done"]);
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("begun");
        await Signals.TerminateAsync(process.Id);
        // Only now, or the second message's handler could begin before the signal is heeded.
        (await process.StandardError.ReadLineAsync())
            .ShouldNotBeNull()
            .ShouldStartWith("Interrupted");
        await File.WriteAllTextAsync(file, "");
        var ran = await CliFixture.EndAsync(process, "");
        File.Delete(file);
        ran.ExitCode.ShouldBe(130, ran.Errors);
        var shown = (await cli.RunAsync("queue", "show", queue)).Lines;
        shown.ShouldContain("leased\t0");
        shown.ShouldContain("ready\t1");
    }

    [Fact]
    public async Task What_was_exported_and_imported_is_exported_again_the_same()
    {
        var fifo = queue + ".fifo";
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("queue", "create", fifo, "--fifo")).Succeeded();
        (
            await cli.RunAsync("send", queue, "text\n\"é\"", "--attribute", "k=v", "--priority", "4", "--type", "application/x-own")
        ).Succeeded();
        var file = Path.Combine(Path.GetTempPath(), $"funcqueue-{Guid.NewGuid():N}");
        await File.WriteAllBytesAsync(file, [0, 255, 254, 10, 13]);
        (await cli.RunAsync("send", queue, "--file", file)).Succeeded();
        File.Delete(file);
        (await cli.RunAsync(new string('x', 100_000), ["send", queue])).Succeeded();
        (await cli.RunAsync("send", queue, "later", "--at", "2030-01-02T03:04:05.678Z")).Succeeded();
        (await cli.RunAsync("send", fifo, "in order", "--group", "g")).Succeeded();
        foreach (var (name, count) in new[] { (queue, 4), (fifo, 1) })
        {
            var first = (await cli.RunAsync("export", name)).Succeeded();
            first.Lines.Length.ShouldBe(count);
            (await cli.RunAsync("queue", "purge", name, "--yes")).Succeeded();
            (await cli.RunAsync(first.Output, ["import", name])).Succeeded().Output.ShouldBe($"imported\t{count}\n");
            (await cli.RunAsync("export", name)).Succeeded().Lines.Order().ShouldBe(first.Lines.Order());
        }

        (await cli.RunAsync("no json\n", ["import", queue])).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task A_topic_is_made_subscribed_to_published_to_and_followed()
    {
        var topic = $"t{Guid.NewGuid():N}";
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("topic", "create", topic, "--partitions", "1")).Succeeded();
        (await cli.RunAsync("subscription", "create", topic, "s", "--queue", queue, "--routing-key", "a.#")).Succeeded();
        (await cli.RunAsync("topic", "publish", topic, "m1", "--routing-key", "a.b")).Succeeded().Output.ShouldBe("0\t0\t1\n");
        (await cli.RunAsync("topic", "publish", topic, "m2", "--routing-key", "b")).Succeeded().Output.ShouldBe("0\t1\t0\n");
        var followed = (await cli.RunAsync("tail", topic, "--from", "earliest", "-n", "2")).Succeeded();
        followed.Lines.Select(line => line.Split('\t')[^1]).ShouldBe(["m1", "m2"]);
        (await cli.RunAsync("subscription", "list", topic)).Succeeded().Output.ShouldContain(queue);
        (await cli.RunAsync("receive", queue, "--wait", "20", "--raw")).Succeeded().Output.ShouldBe("m1");
        (await cli.RunAsync("topic", "delete", topic, "--no-drain", "--yes")).Succeeded();
    }

    [Fact]
    public async Task Contexts_name_servers_and_their_file_is_the_users_own()
    {
        var name = $"c{Guid.NewGuid():N}";
        (await cli.RunAsync("secret\n", ["context", "set", name, "--endpoint", "http://127.0.0.1:1", "--key-stdin"])).Succeeded();
        var listed = (await cli.RunAsync("context", "list")).Succeeded();
        listed.Output.ShouldContain($"{name}\thttp://127.0.0.1:1\ttrue");
        listed.Output.ShouldNotContain("secret");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(cli.Config).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await cli.RunAsync("queue", "list", "--context", "none-such")).ExitCode.ShouldBe(2);
        (await cli.RunAsync("context", "delete", name)).Succeeded();
    }

    [Fact]
    public async Task A_benchmark_tells_how_fast_it_was_and_refuses_a_queue_in_use()
    {
        (await cli.RunAsync("queue", "create", queue)).Succeeded();
        (await cli.RunAsync("bench", queue, "-n", "50", "--senders", "8")).Succeeded().Lines.ShouldContain("messages\t50");
        (await cli.RunAsync("send", queue, "m")).Succeeded();
        (await cli.RunAsync("bench", queue)).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Shells_are_told_what_can_be_typed()
    {
        (await cli.RunAsync("completion", "bash")).Succeeded().Output.ShouldContain("complete -F _funcqueue funcqueue");
        (await cli.RunAsync("[suggest:13]", "funcqueue que")).Lines.ShouldContain("queue");
    }
}
