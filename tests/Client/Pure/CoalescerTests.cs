using FuncQueue.Client.Transport;

namespace FuncQueue.Client.Tests.Pure;

public sealed class CoalescerTests
{
    private readonly List<IReadOnlyList<Coalesced<int, int>>> requests = [];
    private readonly List<TaskCompletionSource> answers = [];

    [Fact]
    public async Task A_lone_call_goes_at_once_and_what_waits_meanwhile_goes_together()
    {
        var coalescer = Make();
        var first = coalescer.AddAsync(1, 1, default);
        requests.Count.ShouldBe(1);
        var others = Enumerable.Range(2, 9).Select(i => coalescer.AddAsync(i, 1, default)).ToList();
        requests.Count.ShouldBe(1);
        answers[0].SetResult();
        (await first).ShouldBe(10);
        await Eventually.HoldsAsync(() => requests.Count == 2, "a second request");
        requests[1].Select(entry => entry.Item).ShouldBe(Enumerable.Range(2, 9));
        answers[1].SetResult();
        (await Task.WhenAll(others)).ShouldBe(Enumerable.Range(2, 9).Select(i => i * 10));
        await coalescer.WhenIdleAsync();
    }

    [Fact]
    public void A_second_request_begins_beside_the_first_only_when_it_is_full()
    {
        var coalescer = Make(maxItems: 3, underWay: 2);
        for (var i = 0; i < 3; i++)
            _ = coalescer.AddAsync(i, 1, default);
        requests.Count.ShouldBe(1);
        _ = coalescer.AddAsync(3, 1, default);
        requests.Select(request => request.Count).ShouldBe([1, 3]);
        for (var i = 0; i < 9; i++)
            _ = coalescer.AddAsync(i, 1, default);
        requests.Count.ShouldBe(2);
    }

    [Fact]
    public void Bytes_end_a_request_too_and_one_that_is_larger_goes_alone()
    {
        var coalescer = Make(maxItems: 10, maxBytes: 100);
        _ = coalescer.AddAsync(0, 1, default);
        _ = coalescer.AddAsync(1, 60, default);
        _ = coalescer.AddAsync(2, 60, default);
        requests
            .Select(request => request.Select(entry => entry.Item))
            .ShouldBe([
                [0],
                [1],
            ]);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_its_request_is_never_sent()
    {
        var coalescer = Make();
        var first = coalescer.AddAsync(1, 1, default);
        using var cancel = new CancellationTokenSource();
        var second = coalescer.AddAsync(2, 1, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(second);
        answers[0].SetResult();
        await first;
        await coalescer.WhenIdleAsync();
        requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_fails_fails_its_own_calls_alone()
    {
        var coalescer = Make();
        var first = coalescer.AddAsync(1, 1, default);
        var second = coalescer.AddAsync(2, 1, default);
        answers[0].SetException(new InvalidOperationException("No."));
        await Should.ThrowAsync<InvalidOperationException>(first);
        await Eventually.HoldsAsync(() => requests.Count == 2, "a second request");
        answers[1].SetResult();
        (await second).ShouldBe(20);
    }

    private Coalescer<int, int> Make(int maxItems = 100, long maxBytes = 1000, int underWay = 4) =>
        new(
            maxItems,
            maxBytes,
            underWay,
            async batch =>
            {
                var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                answers.Add(answer);
                requests.Add(batch);
                await answer.Task;
                foreach (var entry in batch)
                    entry.Complete(entry.Item * 10);
            }
        );
}
