using System.Collections.Concurrent;
using FuncQueue.Rebus;
using Rebus.Activation;
using Rebus.Config;
using Rebus.Retry.Simple;

namespace FuncQueue.Client.Tests.Real;

/// <summary>Rebus on FuncQueue.</summary>
public sealed class RebusTests(AppFixture app)
{
    private readonly string queue = $"rebus{Guid.NewGuid():N}";

    [Fact]
    public async Task A_message_is_sent_handled_and_gone()
    {
        await using var client = app.Client();
        using var activator = new BuiltinHandlerActivator();
        var handled = new ConcurrentBag<string>();
        activator.Handle<string>(text =>
        {
            handled.Add(text);
            return Task.CompletedTask;
        });
        var bus = Start(activator, client);
        await bus.SendLocal("hello");
        await Eventually.HoldsAsync(() => handled.Contains("hello"), "the message");
        await Eventually.HoldsAsync(
            async () => (await client.Administration.FindQueueAsync(queue))!.Counts == new QueueCounts(0, 0, 0, 0),
            "an ack"
        );
    }

    [Fact]
    public async Task A_deferred_message_is_held_back_by_the_queue_itself()
    {
        await using var client = app.Client();
        using var activator = new BuiltinHandlerActivator();
        activator.Handle<string>(_ => Task.CompletedTask);
        var bus = Start(activator, client);
        await bus.DeferLocal(TimeSpan.FromHours(2), "later");
        var held = (await client.CreateReceiver(queue).ListScheduledAsync()).Items.ShouldHaveSingleItem();
        (held.VisibleAt - held.EnqueuedAt).ShouldBeInRange(TimeSpan.FromMinutes(110), TimeSpan.FromMinutes(121));
    }

    [Fact]
    public async Task A_message_that_fails_too_often_is_a_dead_letter_with_the_exceptions_type_as_reason()
    {
        await using var client = app.Client();
        using var activator = new BuiltinHandlerActivator();
        var deliveries = 0;
        activator.Handle<string>(_ =>
        {
            Interlocked.Increment(ref deliveries);
            throw new NotSupportedException("No.");
        });
        var bus = Start(activator, client);
        await bus.SendLocal("poison");
        var letters = client.CreateDeadLetters(queue);
        await Eventually.HoldsAsync(async () => (await letters.ListAsync()).Items.Count == 1, "a dead letter");
        (await letters.ListAsync()).Items[0].DeadLetterReason.ShouldBe("System.NotSupportedException");
        deliveries.ShouldBe(3);
    }

    private global::Rebus.Bus.IBus Start(BuiltinHandlerActivator activator, FuncQueueClient client) =>
        Configure
            .With(activator)
            .Logging(logging => logging.None())
            .Transport(transport => transport.UseFuncQueue(client, queue))
            .Options(options => options.RetryStrategy(maxDeliveryAttempts: 3))
            .Start();
}
