using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace FuncQueue.Chaos.Inside;

/// <summary>A route before the app's own: POST gives orders, each answer says what was met so far.</summary>
internal sealed class ControlRoute(SkewedClock clock, FaultPolicy faults) : IStartupFilter
{
    public const string Path = "/chaos";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(HandleAsync);
            next(app);
        };

    private async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != Path)
        {
            await next(context);
            return;
        }

        if (context.Request.Method == "POST")
            Obey((await context.Request.ReadFromJsonAsync<Orders>(Json))!);
        await context.Response.WriteAsJsonAsync(faults.Report(), Json);
    }

    private void Obey(Orders orders)
    {
        if (orders.ClockOffsetMilliseconds is { } offset)
            clock.Offset = TimeSpan.FromMilliseconds(offset);
        if (orders.Storm is { } storm)
            faults.Begin(storm);
        if (orders.EntitiesPerSecond is { } limit)
            faults.Limit(limit);
    }
}
