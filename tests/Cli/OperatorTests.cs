using System.Text.Json.Nodes;

namespace FuncQueue.Cli.Tests;

/// <summary>The program piped, as operators use it: groups of topics, keys, the busiest queues.</summary>
public sealed class OperatorTests(CliFixture cli)
{
    private readonly string queue = $"q{Guid.NewGuid():N}";

    [Fact]
    public async Task A_group_reads_a_topic_step_by_step()
    {
        var topic = $"t{Guid.NewGuid():N}";
        (await cli.RunAsync("topic", "create", topic, "--partitions", "1")).Succeeded();
        foreach (var body in new[] { "m1", "m2", "m3" })
            (await cli.RunAsync("topic", "publish", topic, body)).Succeeded();
        var read = (await cli.RunAsync("topic", "group", "read", topic, "g", "--from", "earliest", "-n", "2")).Succeeded();
        read.Lines.Select(line => line.Split('\t')[^1]).ShouldBe(["m1", "m2"]);
        var token = read.Errors.Trim();
        (await cli.RunAsync("topic", "group", "commit", topic, "g", token + "@1")).Succeeded().Output.ShouldBe($"{token}@1\tOk\n");
        (await cli.RunAsync("topic", "group", "show", topic, "g")).Succeeded().Output.ShouldBe("0\t1\t3\t2\tfuncqueue\t\n");
        (await cli.RunAsync("topic", "group", "leave", topic, "g")).Succeeded();
        (await cli.RunAsync("topic", "group", "commit", topic, "g", token)).ExitCode.ShouldBe(1);
        var rest = (await cli.RunAsync("topic", "group", "read", topic, "g", "--member", "other", "--commit")).Succeeded();
        (rest.Lines.Length, rest.Errors).ShouldBe((2, ""));
        (await cli.RunAsync("topic", "group", "read", topic, "g")).ExitCode.ShouldBe(3);
        (await cli.RunAsync("topic", "group", "seek", topic, "g", "earliest")).Succeeded();
        (await cli.RunAsync("topic", "group", "list", topic)).Succeeded().Lines.ShouldHaveSingleItem().ShouldStartWith("g\t3\t");
        var refused = await cli.RunAsync("topic", "group", "delete", topic, "g");
        (refused.ExitCode, refused.Errors).ShouldSatisfyAllConditions(r => r.ExitCode.ShouldBe(2), r => r.Errors.ShouldContain("--yes"));
        (await cli.RunAsync("topic", "group", "delete", topic, "g", "--yes")).Succeeded();
        (await cli.RunAsync("topic", "group", "show", topic, "g")).ExitCode.ShouldBe(3);
        (await cli.RunAsync("topic", "tail", topic, "--from", "earliest", "-n", "1")).Succeeded().Lines.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Keys_are_made_shown_replaced_and_revoked()
    {
        // From the first key on this server asks for one.
        await using var own = await cli.StartAppAsync();
        string[] At(params string[] arguments) => [.. arguments, "--endpoint", own.Address];
        // One that could make no others would lock everybody out.
        var locking = await cli.RunAsync(At("keys", "set", "worker", "--right", "receive", "--resource", "*"));
        (locking.ExitCode, locking.Output).ShouldBe((2, ""));
        locking.Errors.ShouldContain("--right keys");
        var boss = At("keys", "set", "boss", "--right", "manage", "--right", "keys", "--resource", "*", "--json");
        var made = (await cli.RunAsync(boss)).Succeeded();
        var secret = (string)JsonNode.Parse(made.Output)!["key"]!;
        secret.ShouldStartWith("fq_");
        (await cli.RunAsync(At("keys", "list"))).ExitCode.ShouldNotBe(0);
        string[] AsBoss(params string[] arguments) => [.. At(arguments), "--key", secret];
        (await cli.RunAsync(AsBoss("keys", "whoami"))).Succeeded().Lines.ShouldContain("name\tboss");
        string[] limited = ["keys", "set", "worker", "--right", "receive", "--resource", "orders*", "--json"];
        var worker = (await cli.RunAsync(AsBoss(limited))).Succeeded();
        var rotated = (await cli.RunAsync(AsBoss("keys", "rotate", "worker", "--json"))).Succeeded();
        ((string)JsonNode.Parse(rotated.Output)!["key"]!).ShouldNotBe((string)JsonNode.Parse(worker.Output)!["key"]!);
        var listed = (await cli.RunAsync(AsBoss("keys", "list"))).Succeeded().Output;
        listed.ShouldContain("worker\treceive\torders*");
        listed.ShouldNotContain("fq_");
        (await cli.RunAsync(AsBoss("keys", "delete", "worker"))).ExitCode.ShouldBe(2);
        (await cli.RunAsync(AsBoss("keys", "delete", "worker", "--yes"))).Succeeded();
        (await cli.RunAsync(AsBoss("keys", "list"))).Succeeded().Output.ShouldNotContain("worker");
    }

    [Fact]
    public async Task The_queues_with_the_most_messages_are_shown_first()
    {
        (await cli.RunAsync("queue", "create", queue + "-a")).Succeeded();
        (await cli.RunAsync("queue", "create", queue + "-b")).Succeeded();
        (await cli.RunAsync("a\nb\n", ["send", queue + "-b", "--lines"])).Succeeded();
        var top = (await cli.RunAsync("top", queue)).Succeeded().Lines.Select(line => line.Split('\t')).ToList();
        top.Select(cells => (cells[0], cells[1])).ShouldBe([(queue + "-b", "2"), (queue + "-a", "0")]);
    }
}
