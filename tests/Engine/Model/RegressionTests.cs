using FuncQueue.Engine.Tests.Support;
using static FuncQueue.Engine.Tests.Model.Operation;

namespace FuncQueue.Engine.Tests.Model;

/// <summary>Histories that processes and model once disagreed about, made as short as they come.</summary>
public sealed class RegressionTests(AzuriteFixture azurite)
{
    private Task RunAsync(History history) => HistoryRunner.RunAsync(azurite.ConnectionString, history);

    private static readonly QueueSettingsChange Standard = new();

    private static readonly QueueSettingsChange Fifo = new() { Type = QueueType.Fifo };

    /// <summary>The process had forgotten the queue, and knew of the second of two rows only by settling what was in it.</summary>
    [Fact]
    public Task A_row_read_to_settle_a_message_is_not_taken_for_the_first_of_its_group() =>
        RunAsync(
            new History(
                1,
                [Fifo, Standard],
                [
                    new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "a")]),
                    new Dequeue(0, 0, MessageSource.Live, 2, 10, false),
                    new Settle(0, Verb.Nack, [1], 0),
                    new Settle(1, Verb.Nack, [0], 0),
                    new Dequeue(1, 0, MessageSource.Live, 1, 10, false),
                ]
            )
        );

    /// <summary>It was shown with the end of its lease.</summary>
    [Fact]
    public Task A_message_that_waits_out_its_backoff_shows_when_it_comes_back() =>
        RunAsync(
            new History(
                64,
                [
                    new QueueSettingsChange { RetryBackoffInitial = TimeSpan.FromSeconds(40), RetryBackoffMax = TimeSpan.FromSeconds(40) },
                    Standard,
                ],
                [
                    new Enqueue(0, 0, [new Letter()]),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                    new PassTime(10),
                    new Look(1, 0, 3),
                ]
            )
        );

    /// <summary>The group's lock still listed the lease, which had ended, beside the one of the other holder.</summary>
    [Fact]
    public Task A_lease_that_has_ended_cannot_be_prolonged_while_another_holder_has_the_group() =>
        RunAsync(
            new History(
                64,
                [Fifo, Standard],
                [
                    new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "a")]),
                    new Dequeue(0, 0, MessageSource.Live, 2, 10, false),
                    new PassTime(10),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                    new PassTime(10),
                    new Settle(0, Verb.Extend, [1], 30),
                    new Settle(0, Verb.Extend, [0], 30),
                ]
            )
        );

    /// <summary>The sweep had removed the group's lock, which then listed the first of the two only.</summary>
    [Fact]
    public Task Leases_of_one_dequeue_can_be_prolonged_after_their_end_one_after_the_other() =>
        RunAsync(
            new History(
                64,
                [Fifo, Standard],
                [
                    new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "a")]),
                    new Dequeue(0, 0, MessageSource.Live, 2, 10, false),
                    new PassTime(10),
                    new Sweep(1, SweepScope.Storage, true),
                    new Settle(0, Verb.Extend, [0], 30),
                    new Settle(1, Verb.Extend, [1], 30),
                ]
            )
        );

    /// <summary>What was in mind said that the backoff of the settings before had not passed.</summary>
    [Fact]
    public Task A_shorter_backoff_brings_messages_back_that_wait() =>
        RunAsync(
            new History(
                64,
                [
                    new QueueSettingsChange
                    {
                        RetryBackoffInitial = TimeSpan.FromSeconds(400),
                        RetryBackoffMax = TimeSpan.FromSeconds(400),
                    },
                    Standard,
                ],
                [
                    new Enqueue(0, 0, [new Letter()]),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                    new PassTime(10),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                    new Change(0, 0, new QueueSettingsChange { RetryBackoffInitial = TimeSpan.Zero, RetryBackoffMax = TimeSpan.Zero }),
                    new PassTime(1),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                ]
            )
        );

    /// <summary>
    /// The row had been written by the other process; the group's lock, which the extension left as it was, was then written alone.
    /// </summary>
    [Fact]
    public Task An_extension_that_changes_nothing_gives_way_to_another_process_that_wrote_the_row() =>
        RunAsync(
            new History(
                64,
                [Fifo, Standard],
                [
                    new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "b")]),
                    new Dequeue(1, 0, MessageSource.Live, 2, 10, false),
                    new Settle(1, Verb.Extend, [1], 0),
                    new Settle(0, Verb.Ack, [0], null),
                    new Settle(1, Verb.Extend, [0], 0),
                ]
            )
        );

    /// <summary>What an earlier holder had was handed out together, but another one has had the group since: that is forgotten.</summary>
    [Fact]
    public Task Messages_that_were_handed_out_together_are_strangers_once_another_has_had_the_group() =>
        RunAsync(
            new History(
                1,
                [Fifo, Standard],
                [
                    new Enqueue(0, 0, [new Letter(Group: "a"), new Letter(Group: "a"), new Letter(Group: "a")]),
                    new Dequeue(0, 0, MessageSource.Live, 3, 10, false),
                    new PassTime(10),
                    new Dequeue(1, 0, MessageSource.Live, 1, 10, false),
                    new PassTime(10),
                    new Settle(0, Verb.Extend, [1], 30),
                    new Settle(0, Verb.Extend, [2], 30),
                    new Settle(0, Verb.Ack, [1], null),
                    new Settle(0, Verb.Extend, [1], 30),
                ]
            )
        );

    /// <summary>The runner took the one order for the other, as the answers are the same in both.</summary>
    [Fact]
    public Task Of_two_extensions_at_once_the_later_decides() =>
        RunAsync(
            new History(
                64,
                [Standard, Standard],
                [
                    new Enqueue(0, 0, [new Letter()]),
                    new Dequeue(0, 0, MessageSource.Live, 1, 10, false),
                    .. Enumerable.Repeat(new Together([new Settle(1, Verb.Extend, [0], 5), new Settle(0, Verb.Extend, [0], 0)]), 10),
                ]
            )
        );
}
