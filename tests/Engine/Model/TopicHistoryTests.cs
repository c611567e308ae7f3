using CsCheck;
using FuncQueue.Engine.Tests.Support;
using static FuncQueue.Engine.Tests.Model.TopicOperation;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>
/// Guarantees 6 and 7: in random histories of a topic, its subscribers and two processes, every queue has what a simple model says, in its
/// order, and the log is what was published. As with queues, CsCheck's variables run more: <c>CsCheck_Iter</c>, <c>CsCheck_Seed</c>.
/// </summary>
[Trait("Guarantee", "6")]
[Trait("Guarantee", "7")]
public sealed class TopicHistoryTests(AzuriteFixture azurite)
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("CsCheck_Iter") is null ? 8 : -1;

    private static readonly Gen<int> Process = Gen.Int[0, 1];

    private static readonly Gen<int> Subscriber = Gen.Int[0, 2];

    private static readonly Gen<string[]> RoutingKeys = Gen.OneOf<string[]>(
        Gen.Const(Array.Empty<string>()),
        Gen.Const<string[]>(["a"]),
        Gen.Const<string[]>(["b"]),
        Gen.Const<string[]>(["a", "c"])
    );

    private static readonly Gen<TopicOperation> Any = Gen.Frequency(
        (
            10,
            Gen.Select(
                Process,
                Gen.OneOf<string?>(null, "k", "l", "m"),
                Gen.OneOf("a", "b", "c"),
                Gen.Int[1, 4],
                Gen.Bool,
                (p, key, routing, count, together) => (TopicOperation)new Publish(p, key, routing, count, together)
            )
        ),
        (
            4,
            Gen.Select(Process, Subscriber, RoutingKeys, Gen.Bool, (p, s, keys, early) => (TopicOperation)new Subscribe(p, s, keys, early))
        ),
        (3, Gen.Select(Process, RoutingKeys, (p, keys) => (TopicOperation)new Change(p, keys))),
        (2, Gen.Select(Process, Subscriber, (p, s) => (TopicOperation)new Unsubscribe(p, s))),
        (2, Gen.Select(Process, Subscriber, Gen.Bool, (p, s, early) => (TopicOperation)new Seek(p, s, early))),
        (1, Process.Select(p => (TopicOperation)new Restart(p))),
        (2, Process.Select(p => (TopicOperation)new Look(p))),
        (2, Gen.OneOf(1, 3, 70).Select(s => (TopicOperation)new PassTime(s)))
    );

    [Fact]
    public Task A_topic_and_its_subscribers_do_what_the_model_says_in_any_history() =>
        Any.Array[5, 40]
            .SampleAsync(
                async operations =>
                {
                    await using var world = new TopicWorld(azurite.ConnectionString);
                    await world.PrepareAsync();
                    foreach (var (i, operation) in operations.Index())
                    {
                        try
                        {
                            await world.RunAsync(operation);
                        }
                        catch (Exception exception)
                        {
                            throw new InvalidOperationException(
                                $"At step {i}, {CSharpText.Of(operation)}, of [{string.Join(", ", operations.Select(CSharpText.Of))}]: "
                                    + $"{exception.Message}\n{string.Join('\n', world.LoggedErrors)}",
                                exception
                            );
                        }
                    }

                    await world.FinishAsync();
                    world.LoggedErrors.ShouldBeEmpty();
                },
                iter: Iterations,
                threads: 1,
                print: _ => ""
            );
}
