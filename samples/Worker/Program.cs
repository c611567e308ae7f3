using FuncQueue.Client;
using FuncQueue.Samples.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });

// The queue is made before the processor asks for messages: hosted services start in order.
builder.Services.AddHostedService<Queues>();
builder.Services.AddFuncQueue(builder.Configuration.GetSection("FuncQueue")).AddProcessor<OrderHandler>("orders");

// Handlers are awaited for so long when the host stops.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(5));

await builder.Build().RunAsync();
