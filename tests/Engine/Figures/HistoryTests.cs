using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Figures;

/// <summary>Samples of a queue: a minute apart while it is used, at most one write each, right over several processes.</summary>
public sealed class HistoryTests(AzuriteFixture azurite) : FigureTest(azurite)
{
    [Fact]
    public async Task In_a_minute_there_is_one_sample_however_many_processes_sweep_how_often()
    {
        var (engine, sweepers) = (await StartWithQueueAsync(new QueueSettingsChange { Shards = 3 }), new[] { Start(), Start(), Start() });
        ToMinute();
        const int Minutes = 10;
        for (var step = 0; step < 4 * Minutes; step++)
        {
            Time.Advance(TimeSpan.FromSeconds(15));
            await engine.EnqueueAsync("x");
            // Two at once, and all of them in turn.
            await Task.WhenAll(sweepers[step % 3].SweepAsync(Messages), sweepers[(step + 1) % 3].SweepAsync(SweepScope.ExpiredLeases));
        }

        var samples = await HistoryAsync(engine);
        samples.Count.ShouldBeInRange(Minutes, Minutes + 1);
        samples.Select(s => s.At.ToUnixTimeSeconds() / 60).ShouldBeUnique();
        samples.Select(s => s.At).ShouldBeInOrder();
        samples.Select(s => s.Ready).ShouldBeInOrder();
        // Of two at once, one is refused.
        sweepers.Sum(WritesOfFigures).ShouldBeInRange(samples.Count, 2 * samples.Count);
    }

    [Fact]
    public async Task A_sweep_writes_once_a_minute_for_a_queue_in_use_and_nothing_for_one_that_is_not()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("x");
        ToMinute();
        for (var minute = 0; minute < 5; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.EnqueueAsync("x");
            sweeper.Requests.Clear();
            for (var i = 0; i < 4; i++)
                await sweeper.SweepAsync(Messages);
            WritesOfFigures(sweeper).ShouldBe(1);
        }

        // It becomes quiet: until nobody can have written any more there are samples, then none.
        for (var minute = 0; minute < 5; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync();
        }

        var samples = await HistoryAsync(engine);
        sweeper.Requests.Clear();
        for (var minute = 0; minute < 120; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync(everything: minute % 60 == 30);
        }

        WritesOfFigures(sweeper).ShouldBe(0);
        (await HistoryAsync(engine)).Count.ShouldBe(samples.Count);
        (await FiguresAsync(Start())).Ready.ShouldBe(6);
    }

    [Fact]
    public async Task What_was_done_is_told_once_over_all_processes()
    {
        var processes = new[] { await StartWithQueueAsync(new QueueSettingsChange { MaxDeliveryCount = 1 }), Start(), Start() };
        var (enqueued, acked, dead) = (0, 0, 0);
        for (var minute = 0; minute < 20; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            foreach (var (i, process) in processes.Index())
            {
                for (var n = 0; n <= i + minute % 3; n++, enqueued++)
                    await process.EnqueueAsync("x");
                foreach (var message in await processes[(i + 1) % 3].DequeueAsync(2))
                {
                    if ((acked + dead) % 4 == 3)
                    {
                        await process.DeadLetterAsync(message);
                        dead++;
                    }
                    else
                    {
                        await process.AckAsync(message);
                        acked++;
                    }
                }
            }

            // Each of them sweeps now and then, and knows of itself what the others have not read yet.
            await processes[minute % 2].SweepAsync(Messages);
        }

        // What they did after they last said so is said when they end.
        foreach (var process in processes)
            await process.Engine.DisposeAsync();
        var last = Start();
        Time.Advance(TimeSpan.FromMinutes(1));
        await last.SweepAsync(Messages);
        var samples = await HistoryAsync(last);
        samples.Count.ShouldBe(21);
        samples.Sum(s => s.Since.Enqueued).ShouldBe(enqueued);
        samples.Sum(s => s.Since.Acked).ShouldBe(acked);
        samples.Sum(s => s.Since.DeadLettered).ShouldBe(dead);
        samples[^1].DeadLettered.ShouldBe(dead);
        (samples[^1].Ready + samples[^1].Leased).ShouldBe(enqueued - acked - dead);
        samples.ShouldAllBe(s => s.Since.Enqueued >= 0 && s.Since.Acked >= 0);
    }

    [Fact]
    public async Task A_week_is_kept_in_rows_that_are_written_over_again()
    {
        var engine = await StartWithQueueAsync(new QueueSettingsChange { MessageTimeToLive = null });
        const int Step = 11;
        // Fourteen days, a sample or two now and then.
        for (var hour = 0; hour < 14 * 24; hour += Step)
        {
            Time.Advance(TimeSpan.FromHours(Step));
            await engine.EnqueueAsync("x");
            await engine.SweepAsync(Messages);
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.SweepAsync(Messages);
        }

        var week = await HistoryAsync(engine, Limits.MaxHistoryHours);
        week.Select(s => s.At).ShouldBeInOrder();
        week.ShouldAllBe(s => s.At >= Time.GetUtcNow() - TimeSpan.FromHours(Limits.MaxHistoryHours));
        week.Count.ShouldBeInRange(2 * (Limits.MaxHistoryHours / Step) - 2, 2 * (Limits.MaxHistoryHours / Step) + 4);
        (await HistoryAsync(engine, 1)).Count.ShouldBe(2);
        (await StoredFigures.KeysAsync(Azurite, Options)).Count.ShouldBeLessThanOrEqualTo(Limits.MaxHistoryHours + 2);
    }

    [Fact]
    public async Task A_sample_whose_answer_is_lost_is_there_once_and_nothing_is_counted_twice()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        for (var minute = 0; minute < 6; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            await engine.EnqueueAsync("x");
            if (minute == 3)
                sweeper.Faults.LoseAnswer(r =>
                    r.IsTableWrite && r.Operations.Any(o => o.RowKey.StartsWith("n:", StringComparison.Ordinal))
                );
            await sweeper.SweepAsync(Messages);
        }

        await engine.Engine.DisposeAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(Messages);
        var samples = await HistoryAsync(sweeper);
        samples.Count.ShouldBe(7);
        samples.Sum(s => s.Since.Enqueued).ShouldBe(6);
    }

    [Fact]
    public async Task A_shard_is_not_forgotten_before_its_figures_are_written()
    {
        var (engine, sweeper) = (await StartWithQueueAsync(), Start());
        await engine.EnqueueAsync("x");
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync(Messages);
        await engine.AckAsync(await engine.DequeueOneAsync());
        sweeper.Faults.Refuse(
            r => r.IsTableWrite && r.Operations.Any(o => o.RowKey.StartsWith("n:", StringComparison.Ordinal)),
            times: int.MaxValue
        );
        for (var minute = 0; minute < 10; minute++)
        {
            Time.Advance(TimeSpan.FromMinutes(1));
            (await sweeper.SweepAsync()).ShardsFailed.ShouldBe(0);
        }

        (await FiguresAsync(Start())).Ready.ShouldBe(1);
        sweeper.Faults.Clear();
        Time.Advance(TimeSpan.FromMinutes(1));
        await sweeper.SweepAsync();
        (await FiguresAsync(Start())).Ready.ShouldBe(0);
        (await sweeper.SweepAsync()).ShardsVisited.ShouldBe(0);
    }

    /// <summary>To the beginning of a minute of the clock, so that sweeps a minute apart fall into one each.</summary>
    private void ToMinute()
    {
        var into = Time.GetUtcNow().Ticks % TimeSpan.TicksPerMinute;
        Time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerMinute - into));
    }
}
