using FuncQueue.Tests.Support;

namespace FuncQueue.Client.Tests.Real;

/// <summary>What the guide "Use from .NET" does by hand.</summary>
public sealed class GuideTests(AppFixture app)
{
    [Fact]
    public async Task What_the_guide_does_by_hand_can_be_done()
    {
        // It has names that others have, too.
        await using var own = await AppProcess.StartAsync(app.Environment("guide" + Guid.NewGuid().ToString("N")));
        await using var client = new FuncQueueClient(new Uri(own.Address));
        await client.Administration.CreateOrUpdateQueueAsync("orders");
        var sender = client.CreateSender("orders");
        await sender.SendAsync(new FuncQueueMessage("one"));
        var receiver = client.CreateReceiver("orders");
        foreach (var message in await receiver.ReceiveAsync(10, wait: TimeSpan.FromSeconds(20)))
            await receiver.DeadLetterAsync(message, "as an example");
        var letters = client.CreateDeadLetters("orders");
        foreach (var letter in (await letters.ListAsync()).Items)
            Console.WriteLine($"{letter.MessageId}: {letter.DeadLetterReason}");
        await letters.RedriveAsync(new RedriveRequest { MaxMessages = 100 });
        await client.Administration.Topics.CreateOrUpdateTopicAsync("events");
        await using var publisher = client.CreatePublisher("events");
        await publisher.PublishAsync(new TopicMessage("shipped") { RoutingKey = "order.shipped", Key = "customer-1" });
        (await receiver.ReceiveAsync()).ShouldHaveSingleItem().Body.ToString().ShouldBe("one");
    }

    [Fact]
    public void The_guide_has_these_very_lines()
    {
        var test = Repository.Read("tests/Client/Real/GuideTests.cs");
        var block = Repository.Read("docs/guides/dotnet.md").Split("## By hand")[1].Split("```")[1].Trim().Split('\n');
        block.Length.ShouldBeGreaterThan(10);
        foreach (var line in block)
            test.ShouldContain(line.TrimEnd());
    }
}
