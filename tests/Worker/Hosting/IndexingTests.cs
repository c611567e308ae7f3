using System.Reflection;
using FuncQueue.Functions.Http;
using FuncQueue.Worker.Tests.Support;
using FuncQueue.WorkerHost;
using Microsoft.Azure.Functions.Worker;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>The host learns of every function, as the code declares it.</summary>
public sealed class IndexingTests(WorkerFixture app)
{
    [Fact]
    public void Every_function_is_indexed_with_the_route_methods_and_level_or_the_schedule_that_the_code_declares()
    {
        var declared =
            from method in typeof(EnqueueFunctions).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            let function = method.GetCustomAttribute<FunctionAttribute>()
            where function is not null
            let parameter = method
                .GetParameters()
                .Single(p => p.GetCustomAttributes().Any(a => a is HttpTriggerAttribute or TimerTriggerAttribute))
            select (
                function.Name,
                parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http
                    ? Text(new Trigger.Http(parameter.Name!, http.AuthLevel.ToString(), http.Methods, http.Route))
                    : Text(new Trigger.Timer(parameter.Name!, parameter.GetCustomAttribute<TimerTriggerAttribute>()!.Schedule))
            );
        app.App.Host.Functions.Select(f => (f.Name, Text(f.Trigger))).ShouldBe(declared, ignoreOrder: true);
    }

    private static string Text(Trigger trigger) =>
        trigger switch
        {
            Trigger.Http http => $"{http.ParameterName}: {http.AuthLevel.ToUpperInvariant()} "
                + $"{(http.Methods is { Length: > 0 } methods ? string.Join(',', methods) : "any")} {http.Route}",
            Trigger.Timer timer => $"{timer.ParameterName}: {timer.Schedule}",
            _ => throw new NotSupportedException(),
        };
}
