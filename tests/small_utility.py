"""A small, complete utility folder as text: one of each kind that matters, a dozen points."""

from pathlib import Path

FILES = {
    "utility.toml": """\
id = "tiny"
name_zh = "小镇水务"
name_en = "Tiny Water"
timezone = "Asia/Shanghai"
business_day_start = "00:00"
clock = "wall"
languages = ["zh", "en"]
refresh_seconds = 5

[map]
lon = 121.02
lat = 30.70
zoom = 10
""",
    "sites.csv": """\
site_id,kind,module,name_zh,name_en,lon,lat,parent_id,drains_to,capacity_m3d,connections,users,tags
N,network,distribution,管网,Network,121.02,30.70,,,,,,
S1,source,raw_water,水源一,Source 1,121.00,30.72,N,,30000,,,
W1,works,production,一水厂,Works 1,121.01,30.71,S1,,25000,,,
Z1,zone,distribution,一区,Zone 1,121.03,30.70,W1,P1,,4000,12000,pilot
L1,large_user,distribution,大用户一,Large user 1,121.03,30.70,Z1,,,1,,
P1,sewage_station,sewage,一号泵站,Station 1,121.04,30.69,N,T1,,,,
T1,wwtp,treatment,一污水厂,Sewage works 1,121.05,30.68,N,,20000,,,
R1,rain,sewage,雨量一,Rain gauge 1,121.02,30.70,N,,,,,
C1,channel,customer,热线,Hotline,121.02,30.70,N,,,,,
""",
    "groups.csv": """\
group_id,site_id,kind,name_zh,name_en,lon,lat,source
S1.in,S1,intake,取水口,Intake,121.00,30.72,
S1.pump,S1,raw_pump,取水泵,Raw pumps,121.00,30.72,
W1.out,W1,works_stage,出厂,Works outlet,121.01,30.71,
N.p,N,pressure_point,测压点,Pressure point,121.02,30.70,
N.q,N,network_quality,管网水质,Network quality,121.02,30.70,
Z1.in,Z1,dma_inlet,分区入口,Zone inlet,121.03,30.70,
L1.m,L1,large_user,大用户表,Large user meter,121.03,30.70,
P1.s,P1,sewage_station,泵站,Station,121.04,30.69,
T1.in,T1,wwtp_stage,进水,Influent,121.05,30.68,
T1.out,T1,wwtp_stage,出水,Effluent,121.05,30.68,
R1.r,R1,rain_gauge,雨量计,Rain gauge,121.02,30.70,
C1.c,C1,customer_channel,热线,Hotline,121.02,30.70,hotline
""",
    "points.csv": """\
point_id,group_id,quantity,unit,role,medium,machine_id,to_site_id,mode,interval_s,hold_s,low,high,source,tag,name_zh,name_en
S1.codmn,S1.in,codmn,mg/L,raw,raw_water,,,sampled,300,,0,50,scada,S1_COD,高锰酸盐指数,CODMn
S1.do,S1.in,dissolved_oxygen,mg/L,raw,raw_water,,,sampled,300,,0,20,scada,S1_DO,溶解氧,Dissolved oxygen
S1.a.available,S1.pump,available,1,state,,S1.a,,sampled,300,,0,1,scada,S1_A_AV,一泵可用,Pump A available
S1.kwh,S1.pump,energy,kWh,energy,,,,sampled,300,,0,1e9,scada,S1_KWH,电量,Energy
W1.flow,W1.out,flow,m³/h,finished,,,,sampled,300,,0,3000,scada,W1_FLOW,出厂流量,Flow leaving
W1.turbidity,W1.out,turbidity,NTU,finished,finished_water,,,sampled,300,,0,20,scada,W1_TURB,出厂浊度,Turbidity
W1.kw,W1.out,power,kW,energy,,,,sampled,300,,0,2000,scada,W1_KW,功率,Power
N.pressure,N.p,pressure,MPa,network,,,,sampled,300,,0,1.5,scada,N_P,压力,Pressure
N.chlorine,N.q,free_chlorine,mg/L,network,network_water,,,sampled,300,,0,5,scada,N_CL,余氯,Free chlorine
Z1.flow,Z1.in,flow,m³/h,inlet,,,Z1,sampled,300,,-500,1000,scada,Z1_FLOW,入口流量,Zone inflow
L1.flow,L1.m,flow,m³/h,inlet,,,L1,sampled,300,,0,200,scada,L1_FLOW,大用户流量,Large user flow
P1.level,P1.s,level,m,well,,,,sampled,300,,-1,10,scada,P1_LEVEL,液位,Wet-well level
P1.a.available,P1.s,available,1,state,,P1.a,,on_change,,900,0,1,scada,P1_A_AV,一泵可用,Pump A available
T1.in.flow,T1.in,flow,m³/h,influent,influent,,,sampled,300,,0,3000,scada,T1_IN,进水流量,Influent flow
T1.out.flow,T1.out,flow,m³/h,effluent,,,,sampled,300,,0,3000,scada,T1_OUT,出水流量,Effluent flow
T1.out.cod,T1.out,cod,mg/L,effluent,effluent,,,sampled,300,,0,500,scada,T1_COD,出水COD,Effluent COD
T1.out.ammonia,T1.out,ammonia_nitrogen,mg/L,effluent,effluent,,,sampled,300,,0,100,scada,T1_NH3N,出水氨氮,Ammonia out
T1.kwh,T1.in,energy,kWh,energy,,,,sampled,300,,0,1e9,scada,T1_KWH,电量,Energy
R1.rain,R1.r,rainfall,mm,,,,,sampled,300,,0,60,scada,R1_RAIN,雨量,Rainfall
""",
    "machines.csv": """\
machine_id,site_id,kind,name_zh,name_en,rated_flow_m3h,rated_head_m,rated_kw
S1.a,S1,pump,一号取水泵,Raw pump A,1200,30,160
P1.a,P1,pump,一号污水泵,Sewage pump A,600,12,37
""",
    "tariff.csv": """\
effective_from,months,day_kind,from,to,period,price_cny_kwh
2026-01-01,1-12,any,00:00,08:00,valley,0.365
2026-01-01,1-12,any,08:00,24:00,flat,0.68
""",
    "limits.csv": """\
subject,medium,site_id,point_id,kind,value,unit,when_quantity,when_max,standard,clause,effective_from,effective_to,season_from,season_to
cod,effluent,T1,,max,40,mg/L,,,DB33/2169-2018,table 1,2019-01-01,,,
ammonia_nitrogen,effluent,T1,,max,2,mg/L,,,DB33/2169-2018,table 1,2019-01-01,,04-01,10-31
ammonia_nitrogen,effluent,T1,,max,4,mg/L,,,DB33/2169-2018,table 1,2019-01-01,,11-01,03-31
alarm_level,,P1,,value,4.0,m,,,station design,,2020-01-01,,,
overflow_level,,P1,,value,5.0,m,,,station design,,2020-01-01,,,
well_area,,P1,,value,40,m²,,,station design,,2020-01-01,,,
""",
    "sources.toml": """\
[scada]
kind = "import"

[hotline]
kind = "import"

[lab]
kind = "import"
""",
}


def write_small_utility(folder: Path) -> Path:
    """Write the files into `folder` and return it; a test then breaks what it wants to see refused."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
