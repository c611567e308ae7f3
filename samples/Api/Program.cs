using FuncQueue.Client;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddFuncQueue(builder.Configuration.GetSection("FuncQueue")).AddSender("orders");
builder.Services.AddHealthChecks().AddFuncQueue();

var app = builder.Build();
app.MapHealthChecks("/health");

// Concurrent requests share requests to the queue. What was answered is stored.
app.MapPost(
    "/orders",
    async (HttpRequest request, [FromKeyedServices("orders")] FuncQueueSender orders, CancellationToken cancellationToken) =>
    {
        var body = await BinaryData.FromStreamAsync(request.Body, cancellationToken);
        var sent = await orders.SendAsync(new FuncQueueMessage(body) { ContentType = request.ContentType }, cancellationToken);
        return Results.Accepted(value: new { sent.MessageId });
    }
);

await app.RunAsync();
