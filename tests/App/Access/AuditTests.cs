using System.Diagnostics;
using FuncQueue.Functions.Access;
using Microsoft.Extensions.Logging;

namespace FuncQueue.App.Tests.Access;

/// <summary>What is noted of calls: who, what, on which resource; refused ones, and those that change things.</summary>
public sealed class AuditTests(LockedApp locked) : LockedTest(locked)
{
    [Fact]
    public async Task Refusals_and_changes_are_in_the_log_by_name_and_nothing_else_is()
    {
        var master = await Keys.MakeMasterAsync("master");
        var client = With(master);
        await client.PutAsync("/queues/orders");
        await client.GetAsync("/queues/orders");
        await client.PostAsync("/queues/orders/purge");
        await client.PostAsync("/queues/orders/deadletter/purge");
        await client.PutAsync("/keys/worker", """{"rights":["receive"],"resources":["orders"]}""");
        var worker = await Keys.RotateAsync("worker", 0);
        await With(worker).GetAsync("/queues/orders");
        await With(worker).PostAsync("/queues/orders/messages/dequeue");
        await With(null).GetAsync("/queues/orders");
        await With("wrong-key-0b6e").DeleteAsync("/queues/o%0ax");
        string[] lines =
        [
            "(host) may HostPutKey (right keys) on *.",
            "master may PutQueue (right manage) on queue:orders.",
            "master may Purge (right manage) on queue:orders.",
            "master may PurgeDeadLetters (right redrive) on queue:orders.",
            "master may PutKey (right keys) on *.",
            "(host) may HostRotateKey (right keys) on *.",
            "worker was refused GetQueue (right inspect) on queue:orders.",
            "(nobody) was refused GetQueue (right inspect) on queue:orders.",
            "(nobody) was refused DeleteQueue (right manage) on queue with an invalid name.",
        ];
        await Until.TrueAsync(() => Task.FromResult(App.Output.Contains(lines[^1], StringComparison.Ordinal)), "the last line is there");
        App.Output.Split('\n').Where(l => l.Contains("(right ", StringComparison.Ordinal)).Select(l => l.Trim()).ShouldBe(lines);
        foreach (var secret in new[] { master, worker, "wrong-key-0b6e", KeyMaker.HostKey })
            App.Output.ShouldNotContain(secret);
    }

    [Fact]
    public void The_trace_of_the_call_says_the_same()
    {
        using var logging = LoggerFactory.Create(_ => { });
        var audit = new Audit(logging);
        using var trace = new Activity("call").Start();
        audit.Refused(new Caller("worker", Grant.Nothing), Rights.Receive | Rights.Peek, Resource.Queue("orders"), "GetMessageBody");
        trace.GetTagItem("funcqueue.access.decision").ShouldBe("refused");
        trace.GetTagItem("funcqueue.access.caller").ShouldBe("worker");
        trace.GetTagItem("funcqueue.access.right").ShouldBe("receive or peek");
        trace.GetTagItem("funcqueue.access.resource").ShouldBe("queue:orders");
        audit.Allowed(Caller.Host, Rights.Keys, Resource.Everything, "HostPutKey");
        trace.GetTagItem("funcqueue.access.decision").ShouldBe("allowed");
    }

    [Theory]
    [InlineData(Rights.Manage, true)]
    [InlineData(Rights.Redrive, true)]
    [InlineData(Rights.Keys, true)]
    [InlineData(Rights.Send, false)]
    [InlineData(Rights.Receive | Rights.Peek, false)]
    [InlineData(Rights.Inspect, false)]
    internal void Calls_that_change_things_are_kept(Rights right, bool kept) => Audit.IsKept(right).ShouldBe(kept);
}
