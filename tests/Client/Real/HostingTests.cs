using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FuncQueue.Client.Tests.Real;

public sealed class HostingTests(AppFixture app)
{
    [Fact]
    public async Task A_host_runs_processors_with_a_scope_for_each_message_as_its_configuration_says()
    {
        var queue = await app.QueueAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["FuncQueue:Endpoint"] = app.Address.ToString(),
                ["FuncQueue:MaxRetries"] = "3",
                [$"FuncQueue:Processors:{queue}:MaxConcurrency"] = "7",
                [$"FuncQueue:Processors:{queue}:LeaseDuration"] = "00:00:40",
            }
        );
        builder.Services.AddSingleton<Seen>();
        builder.Services.AddScoped<InScope>();
        builder
            .Services.AddFuncQueue(builder.Configuration.GetSection("FuncQueue"))
            .AddSender(queue)
            .AddProcessor<Handler>(queue, options => options.PrefetchCount = 3);
        builder.Services.AddHealthChecks().AddFuncQueue();
        using var host = builder.Build();
        await host.StartAsync();
        var sender = host.Services.GetRequiredKeyedService<FuncQueueSender>(queue);
        await sender.SendAllAsync([new FuncQueueMessage("a"), new FuncQueueMessage("b")]);
        var seen = host.Services.GetRequiredService<Seen>();
        await Eventually.HoldsAsync(() => seen.Scopes.Count == 2, "two messages");
        seen.Scopes.Distinct().Count().ShouldBe(2);
        var options = host.Services.GetRequiredService<IOptionsMonitor<FuncQueueProcessorOptions>>().Get(queue);
        (options.MaxConcurrency, options.PrefetchCount, options.LeaseDuration).ShouldBe((7, 3, TimeSpan.FromSeconds(40)));
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        health.Status.ShouldBe(HealthStatus.Healthy);
        await host.StopAsync();
        seen.Disposed.ShouldBe(2);
    }

    [Fact]
    public async Task Without_an_endpoint_a_host_does_not_start()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddFuncQueue(_ => { });
        using var host = builder.Build();
        await Should.ThrowAsync<OptionsValidationException>(host.StartAsync());
    }

    [Fact]
    public async Task A_handlers_span_is_the_child_of_its_own_producers_also_in_shared_requests()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FuncQueueTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var client = app.Client();
        var queue = await app.QueueAsync();
        var sender = client.CreateSender(queue);
        var sends = Enumerable.Range(0, 5).Select(i => sender.SendAsync($"{i}"));
        await Task.WhenAll(sends);
        await using var processor = client.CreateProcessor(queue, _ => Task.CompletedTask);
        await processor.StartAsync();
        IEnumerable<Activity> Of(string operation) => spans.Where(span => span.OperationName == $"{operation} {queue}");
        await Eventually.HoldsAsync(() => Of("process").Count() == 5, "five handlers");
        await processor.StopAsync();
        var producers = Of("send").Where(span => span.Kind == ActivityKind.Producer).ToList();
        producers.Count.ShouldBe(5);
        foreach (var handler in Of("process"))
        {
            var producer = producers.Single(span => span.SpanId == handler.ParentSpanId);
            producer.TraceId.ShouldBe(handler.TraceId);
            producer.GetTagItem("messaging.message.id").ShouldBe(handler.GetTagItem("messaging.message.id"));
            handler.GetTagItem("messaging.destination.name").ShouldBe(queue);
        }

        // A request of several is nobody's child, and linked to all.
        Of("send").Where(span => span.Kind == ActivityKind.Client).ShouldAllBe(span => span.Links.Any() && span.ParentId == null);
        Of("receive").Sum(span => span.Links.Count()).ShouldBe(5);
    }

    private sealed class Seen
    {
        private int disposed;

        public ConcurrentBag<Guid> Scopes { get; } = [];

        public int Disposed => Volatile.Read(ref disposed);

        public void Dispose() => Interlocked.Increment(ref disposed);
    }

    private sealed class InScope(Seen seen) : IDisposable
    {
        public Guid Id { get; } = Guid.NewGuid();

        public void Dispose() => seen.Dispose();
    }

    private sealed class Handler(Seen seen, InScope scope) : IFuncQueueHandler
    {
        public Task HandleAsync(ProcessMessageContext context, CancellationToken cancellationToken)
        {
            seen.Scopes.Add(scope.Id);
            return Task.CompletedTask;
        }
    }
}
